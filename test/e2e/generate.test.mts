import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUp } from '../../scripts/runtime/cleanup.mjs';
import { executeWorkflow, importCredential, importWorkflow } from '../../scripts/runtime/cli.mjs';
import { exampleMedia, exampleWorkflow } from '../../scripts/runtime/example.mjs';
import { createInstance, temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { packPackage } from '../../scripts/runtime/package.mjs';
import { startSimulator } from '../../simulator/index.mts';
import type { Simulator } from '../../simulator/index.mts';
import { sha256 } from '../support/sha256.mts';

const RESULT_KEYS = [
	'request_id',
	'model_id',
	'status',
	'video_url',
	'cost_usd',
	'created_at',
	'finished_at',
	'output',
];

const mediaSha256 = async (name: string) => sha256(await readFile(join(exampleMedia, name)));

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({ queueMs: 200, runMs: 300 });
});

afterAll(async () => {
	await simulator.close();
	await cleanUp();
});

test('the example workflow makes a video from files on disk in a real n8n', async () => {
	const folder = await temporaryFolder('n8n-nodes-runcomfy-e2e');
	const output = join(folder, 'clip.mp4');
	const n8n = await createInstance({
		tarball: await packPackage(folder),
		files: [exampleMedia, folder],
	});
	const credential = { id: 'runComfyTest', name: 'RunComfy test', type: 'runComfyApi' };
	const data = { apiToken: simulator.token, baseUrl: simulator.url };
	await importCredential(n8n, { ...credential, data });
	await importWorkflow(n8n, await exampleWorkflow({ id: 'example', credential, output }));

	const { RunComfy: items } = await executeWorkflow(n8n, 'example');

	const submits = simulator.log.filter(({ kind }) => kind === 'submit');
	expect(submits).toHaveLength(1);
	const { images, video } = submits[0].body as {
		images: Array<{ sha256: string; declaredType: string }>;
		video: { sha256: string };
	};
	expect(images.map((image) => [image.declaredType, image.sha256])).toStrictEqual([
		['image/jpeg', await mediaSha256('character.jpg')],
		['image/png', await mediaSha256('cup.png')],
	]);
	expect(video.sha256).toBe(await mediaSha256('motion.mp4'));

	expect(items).toHaveLength(1);
	const { json, binary } = items[0];
	expect(RESULT_KEYS.filter((key) => !json[key])).toStrictEqual([]);
	expect([...simulator.jobs.keys()]).toStrictEqual([json.request_id]);
	expect(binary.data.mimeType).toBe('video/mp4');
	expect(binary.data.fileName).toMatch(/\.mp4$/);
	// Without an id, n8n would hold the whole video in memory.
	expect(binary.data.id).toMatch(/^filesystem/);

	const clip = Buffer.from(await (await fetch(json.video_url)).arrayBuffer());
	expect(sha256(await readFile(output))).toBe(sha256(clip));
});
