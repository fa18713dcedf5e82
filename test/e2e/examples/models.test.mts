import { readdir } from 'node:fs/promises';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import { borrowSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { adaptedExample } from './example.mts';

let session: Session;
let folder: string;

beforeAll(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-models');
	session = await borrowSession({ queueMs: 50, runMs: 100 });
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

const run = async (file: string) => {
	const { n8n, credential } = session;
	const id = await n8n.addWorkflow(await adaptedExample(file, { credential, folder }));
	return await n8n.run(id);
};

test('a picture becomes the first figure of a clip by its link', async () => {
	const execution = await run('picture-to-clip.json');
	expect([execution.status, execution.error?.message]).toStrictEqual(['success', undefined]);
	const [picture, clip] = [...session.simulator.jobs.values()];
	expect(session.submits()).toBe(2);
	expect(clip.body.images).toStrictEqual([
		`${session.simulator.url}/files/${picture.requestId}.png`,
	]);
	expect(await readdir(folder)).toContain(`${clip.requestId}.mp4`);
});

test('each row of a sheet is made by its model', async () => {
	const execution = await run('sheet-of-models.json');
	expect([execution.status, execution.error?.message]).toStrictEqual(['success', undefined]);
	const jobs = [...session.simulator.jobs.values()];
	expect(jobs.map(({ modelId }) => modelId).sort()).toStrictEqual([
		'elevenlabs/elevenlabs/music-generation',
		'google/nano-banana-2-lite/text-to-image',
		'wan-ai/wan-2.7/text-to-image',
	]);
	const [items] = execution.outputs['Make Results'];
	expect(
		items.map(({ binary }) => Object.values(binary ?? {}).map(({ mimeType }) => mimeType)),
	).toStrictEqual([['image/png'], ['image/png', 'image/png'], ['audio/mpeg']]);
});
