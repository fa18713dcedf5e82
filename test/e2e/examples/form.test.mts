import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleMedia } from '../../../scripts/runtime/example.mjs';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import { borrowSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { sha256 } from '../../support/sha256.mts';
import { adaptedExample } from './example.mts';

const PHOTOS = { 'character.jpg': 'image/jpeg', 'cup.png': 'image/png' };
const PROMPT = 'The fox of Figure 1 raises the cup of Figure 2';

const photo = async (name: string) => await readFile(join(exampleMedia, name));

let session: Session;
let folder: string;
let form: string;

beforeAll(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-form');
	session = await borrowSession({ queueMs: 200, runMs: 500 });
	const { n8n, credential } = session;
	const example = await adaptedExample('form-to-video.json', { credential, folder });
	await n8n.publish(await n8n.addWorkflow(example));
	form = `${n8n.url}/form/make-a-video`;
	await until('the form is there', async () => (await fetch(form)).ok);
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

/** Sends the form as a browser does, waits as its page does, and returns the last page. */
async function fillIn(photos: string[], prompt = 'The person of Figure 1 waves'): Promise<string> {
	const data = new FormData();
	for (const [index, name] of photos.entries()) {
		const type = PHOTOS[name as keyof typeof PHOTOS];
		data.append(`field-${index}`, new Blob([await photo(name)], { type }), name);
	}
	data.append('field-3', prompt);
	data.append('field-4', '9:16');
	const response = await fetch(form, { method: 'POST', body: data });
	const { formWaitingUrl } = (await response.json()) as { formWaitingUrl: string };
	const status = new URL(formWaitingUrl);
	status.pathname += '/n8n-execution-status';
	await until('the page can be shown', async () => {
		const text = await (await fetch(status)).text();
		return text === 'form-waiting';
	});
	return await (await fetch(formWaitingUrl)).text();
}

test('the form makes a video of its photos, saves it, and shows the link to it', async () => {
	const { simulator } = session;
	const names = ['cup.png', 'character.jpg', 'cup.png'];
	const page = await fillIn(names, PROMPT);

	expect(session.submits()).toBe(1);
	const [{ requestId, body }] = [...simulator.jobs.values()];
	expect([body.prompt, body.aspect_ratio, body.duration]).toStrictEqual([PROMPT, '9:16', 5]);
	const images = body.images as Array<{ sha256: string }>;
	expect(images.map((image) => image.sha256)).toStrictEqual(
		await Promise.all(names.map(async (name) => sha256(await photo(name)))),
	);
	const url = `${simulator.url}/files/${requestId}.mp4`;
	expect(page).toContain('Your video is ready');
	expect(page).toContain(`href="${url}"`);
	const clip = Buffer.from(await (await fetch(url)).arrayBuffer());
	expect(sha256(await readFile(join(folder, `${requestId}.mp4`)))).toBe(sha256(clip));
});

test('one photo is enough', async () => {
	expect(await fillIn(['character.jpg'])).toContain('Your video is ready');
	const [{ body }] = [...session.simulator.jobs.values()];
	expect(body.images as object[]).toHaveLength(1);
});

test('when there is no video, the page says why', async () => {
	session.simulator.planJobs({ outcome: 'failed', jobError: 'no face' });
	const page = await fillIn(['character.jpg']);
	const [{ requestId }] = [...session.simulator.jobs.values()];
	expect(page).toContain('There is no video');
	expect(page).toContain(requestId);
	expect(page).toContain('no face');
	expect(session.submits()).toBe(1);
});

test('a photo that the prompt names and nobody gave is told, and nothing is bought', async () => {
	const page = await fillIn(['character.jpg'], PROMPT);
	expect(page).toContain('There is no video');
	expect(page).toMatch(/The prompt names Figure 2, but there is 1 reference image/);
	expect(session.submits()).toBe(0);
});
