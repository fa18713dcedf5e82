import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import { startSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { adaptedExample } from './example.mts';

let session: Session;
let folder: string;

before(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-models');
	session = await startSession({ queueMs: 50, runMs: 100 }, { files: [folder] });
});

beforeEach(() => session.simulator.reset());

after(async () => await session?.end());

const run = async (file: string) => {
	const { n8n, credential } = session;
	const id = await n8n.addWorkflow(await adaptedExample(file, { credential, folder }));
	return await n8n.run(id);
};

test('a picture becomes the first figure of a clip by its link', async () => {
	const execution = await run('picture-to-clip.json');
	assert.equal(execution.status, 'success', execution.error?.message);
	const [picture, clip] = [...session.simulator.jobs.values()];
	assert.equal(session.submits(), 2);
	assert.deepEqual(clip.body.images, [`${session.simulator.url}/files/${picture.requestId}.png`]);
	assert.ok((await readdir(folder)).includes(`${clip.requestId}.mp4`));
});

test('each row of a sheet is made by its model', async () => {
	const execution = await run('sheet-of-models.json');
	assert.equal(execution.status, 'success', execution.error?.message);
	const jobs = [...session.simulator.jobs.values()];
	assert.deepEqual(jobs.map(({ modelId }) => modelId).sort(), [
		'elevenlabs/elevenlabs/music-generation',
		'google/nano-banana-2-lite/text-to-image',
		'wan-ai/wan-2.7/text-to-image',
	]);
	const [items] = execution.outputs['Make Results'];
	assert.deepEqual(
		items.map(({ binary }) => Object.values(binary ?? {}).map(({ mimeType }) => mimeType)),
		[['image/png'], ['image/png', 'image/png'], ['audio/mpeg']],
	);
});
