import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { exampleMedia } from '../../../scripts/runtime/example.mjs';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import { startSession } from '../../support/n8n/session.mts';
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

before(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-form');
	session = await startSession({ queueMs: 200, runMs: 500 }, { files: [folder] });
	const { n8n, credential } = session;
	const example = await adaptedExample('form-to-video.json', { credential, folder });
	await n8n.publish(await n8n.addWorkflow(example));
	form = `${n8n.url}/form/make-a-video`;
	await until('the form is there', async () => (await fetch(form)).ok);
});

beforeEach(() => session.simulator.reset());

after(async () => await session?.end());

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

	assert.equal(session.submits(), 1);
	const [{ requestId, body }] = [...simulator.jobs.values()];
	assert.deepEqual([body.prompt, body.aspect_ratio, body.duration], [PROMPT, '9:16', 5]);
	const images = body.images as Array<{ sha256: string }>;
	assert.deepEqual(
		images.map((image) => image.sha256),
		await Promise.all(names.map(async (name) => sha256(await photo(name)))),
	);
	const url = `${simulator.url}/files/${requestId}.mp4`;
	assert.ok(page.includes('Your video is ready'));
	assert.ok(page.includes(`href="${url}"`));
	const clip = Buffer.from(await (await fetch(url)).arrayBuffer());
	assert.equal(sha256(await readFile(join(folder, `${requestId}.mp4`))), sha256(clip));
});

test('one photo is enough', async () => {
	assert.ok((await fillIn(['character.jpg'])).includes('Your video is ready'));
	const [{ body }] = [...session.simulator.jobs.values()];
	assert.equal((body.images as object[]).length, 1);
});

test('when there is no video, the page says why', async () => {
	session.simulator.planJobs({ outcome: 'failed', jobError: 'no face' });
	const page = await fillIn(['character.jpg']);
	const [{ requestId }] = [...session.simulator.jobs.values()];
	assert.ok(page.includes('There is no video'));
	assert.ok(page.includes(requestId) && page.includes('no face'));
	assert.equal(session.submits(), 1);
});

test('a photo that the prompt names and nobody gave is told, and nothing is bought', async () => {
	const page = await fillIn(['character.jpg'], PROMPT);
	assert.ok(page.includes('There is no video'));
	assert.match(page, /The prompt names Figure 2, but there is 1 reference image/);
	assert.equal(session.submits(), 0);
});
