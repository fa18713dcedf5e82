import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleMedia } from '../../../scripts/runtime/example.mjs';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import type { DataUri } from '../../../simulator/types.mts';
import { borrowSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { manualTrigger, runComfy, workflow } from '../../support/n8n/workflow.mts';
import type { Node } from '../../support/n8n/workflow.mts';
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

beforeEach(() => session.simulator.reset());

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

// What docs/building.md says of photos from several nodes.

const readPhoto = (photo: string): Node => ({
	name: photo,
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1,
	parameters: { operation: 'read', fileSelector: join(folder, photo), options: {} },
});

/** Two photos, each in a field `data`, through a Merge node into one video; behind it, an expression that looks back. */
async function merged(mode: object, lookBack: string) {
	const { n8n, credential } = session;
	const merge: Node = {
		name: 'Merge',
		type: 'n8n-nodes-base.merge',
		typeVersion: 3,
		parameters: mode,
	};
	const combine = runComfy('generate', credential, {
		parameters: {
			inputItems: 'combine',
			prompt: 'she waves',
			referenceImages: { image: [{ source: 'binary', binaryPropertyName: '*' }] },
		},
	});
	const value = {
		id: 'file',
		name: 'file',
		type: 'string',
		value: `={{ ${lookBack}.json.fileName }}`,
	};
	const look: Node = {
		name: 'Look Back',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { assignments: { assignments: [value] }, options: {} },
	};
	const [one, other] = PHOTOS;
	const photos = [readPhoto(one), readPhoto(other)];
	const built = workflow(lookBack, [manualTrigger, photos, merge, combine, look]);
	const to = (node: string, index = 0) => ({ main: [[{ node, type: 'main', index }]] });
	Object.assign(built.connections, {
		Start: { main: [photos.map(({ name: node }) => ({ node, type: 'main', index: 0 }))] },
		[one]: to('Merge'),
		[other]: to('Merge', 1),
	});
	const execution = await n8n.run(await n8n.addWorkflow(built));
	const [{ body }] = [...session.simulator.jobs.values()];
	return { execution, images: (body.images as DataUri[]).map((image) => image.sha256) };
}

const hashes = async (...photos: string[]) =>
	await Promise.all(photos.map(async (name) => sha256(await readFile(join(folder, name)))));

test('merged by position, two files of the same name are one', async () => {
	const byPosition = { mode: 'combine', combineBy: 'combineByPosition', options: {} };
	const { images } = await merged(byPosition, "$('Merge').first()");
	expect(images).toStrictEqual(await hashes(PHOTOS[1]));
});

test('appended, both are in the video; behind it, .first() looks back', async () => {
	const { execution, images } = await merged({ mode: 'append' }, "$('Merge').first()");
	expect(images).toStrictEqual(await hashes(PHOTOS[0], PHOTOS[1]));
	expect([execution.status, execution.outputs['Look Back'][0][0].json]).toStrictEqual([
		'success',
		{ file: PHOTOS[0] },
	]);
});

test('behind a video from several items, .item does not look back', async () => {
	const { execution } = await merged({ mode: 'append' }, "$('Merge').item");
	expect([execution.status, execution.error?.message]).toStrictEqual([
		'error',
		expect.stringMatching(/Multiple matching items|Multiple matches found/),
	]);
	expect(session.submits()).toBe(1);
});
