import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleMedia } from '../../../scripts/runtime/example.mjs';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import type { DataUri } from '../../../simulator/types.mts';
import { borrowSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { sha256 } from '../../support/sha256.mts';
import { adaptedExample } from './example.mts';

const PHOTOS = ['character.jpg', 'cup.png', 'cafe.png'];

let session: Session;
let folder: string;

beforeAll(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-photos');
	for (const name of PHOTOS) await copyFile(join(exampleMedia, name), join(folder, name));
	session = await borrowSession();
});

afterAll(async () => await session?.end());

test('photos of three nodes become Figures 1 to 3 of one video', async () => {
	const { n8n, simulator, credential } = session;
	const example = await adaptedExample('photos-from-three-nodes.json', { credential, folder });
	const { status, outputs, runs } = await n8n.run(await n8n.addWorkflow(example));

	expect(status).toBe('success');
	// Photos and video stay out of the execution record in n8n's database.
	expect(JSON.stringify(runs['Generate Video']).length).toBeLessThanOrEqual(4000);
	expect(session.submits()).toBe(1);
	const [{ requestId, body }] = [...simulator.jobs.values()];
	const photos = await Promise.all(PHOTOS.map((name) => readFile(join(folder, name))));
	expect((body.images as DataUri[]).map((image) => image.sha256)).toStrictEqual(photos.map(sha256));
	const [{ json }] = outputs['Save Video'][0];
	const figures = (json.references as Array<{ figure: number; from: string }>).map(
		({ figure, from }) => [figure, from],
	);
	expect(figures).toStrictEqual([
		[1, 'binary:data'],
		[2, 'binary:data_1'],
		[3, 'binary:data_2'],
	]);
	const clip = await (await fetch(`${simulator.url}/files/${requestId}.mp4`)).arrayBuffer();
	const saved = await readFile(join(folder, `${requestId}.mp4`));
	expect(sha256(saved)).toBe(sha256(new Uint8Array(clip)));
});
