import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exampleMedia } from '../../scripts/runtime/example.mjs';
import type { Node } from '../../test/support/n8n/workflow.mts';
import { DEFAULT_TOKEN } from '../../test/simulator/index.mts';
import {
	chain,
	files,
	generate,
	httpRequests,
	openAi,
	runComfy,
	startRig,
	type Contender,
} from '../contenders.mts';
import type { BenchN8n } from '../n8n.mts';
import type { Row } from '../results.mts';
import { MB, clipItems, times, type Setup } from './part.mts';

/** Whoever looks once sees a finished job. */
const RUN_MS = 0;
const MOST_KB = 4;
/** The growth per item is that from one item to this many. */
const ITEMS = 3;
const CLIP_BYTES = 1 * MB;
/** Kling takes 7 images, or 4 beside a reference video. */
const SETS = [
	{ images: 7, video: false },
	{ images: 4, video: true },
];

/** What an item adds to the execution record in n8n's database; it does not vary between runs. */
export async function database(setup: Setup): Promise<Row[]> {
	const clips = await clipItems(setup.folder, ITEMS, CLIP_BYTES);
	const row = { figure: 'Growth of the execution record per item', unit: 'kB' };
	const rows: Row[] = [];
	const { n8n, service } = await startRig(generate, setup, { runMs: RUN_MS });
	const credential = await n8n.addCredential('runComfyApi', {
		apiToken: DEFAULT_TOKEN,
		baseUrl: service.url,
	});
	const photo = join(setup.folder, 'photo.jpg');
	await copyFile(join(exampleMedia, 'character.jpg'), photo);
	for (const { images, video } of SETS) {
		const clip = {
			...files,
			name: 'Clip',
			parameters: { fileSelector: clips[0].path, options: {} },
		};
		const inputs = [files, clip, collected(images, video)];
		const node = runComfy(credential, 'generate', {
			prompt: 'Figure 1 dances with Figure 2',
			referenceImages: { image: [{ source: 'binary', binaryPropertyName: 'photo_*' }] },
			...(video && { referenceVideo: 'binary', videoBinaryPropertyName: 'clip' }),
		});
		const photos = (nodes: Node[]) => (count: number) =>
			n8n.addWorkflow(
				chain(
					'Growth',
					nodes,
					times(count, () => ({ path: photo })),
				),
			);
		// What the nodes before it put into the record is not this node's.
		const before = await growth(n8n, photos(inputs));
		const all = await growth(n8n, photos([...inputs, node]));
		rows.push({
			...row,
			work: `${images} images${video ? ' and a video' : ''}`,
			contender: generate.name,
			values: [all - before],
			target: MOST_KB,
		});
	}
	await n8n.stop();
	rows.push(...(await Promise.all([generate, httpRequests, openAi].map(ofOneFile))));
	return rows;

	async function ofOneFile(contender: Contender): Promise<Row> {
		const { n8n, prepare } = await startRig(contender, setup, { runMs: RUN_MS });
		const before = await growth(n8n, (count) =>
			n8n.addWorkflow(chain('Read', [files], clips.slice(0, count))),
		);
		const all = await growth(n8n, (count) => prepare(clips.slice(0, count)));
		await n8n.stop();
		const work = `one file of ${CLIP_BYTES / MB} MB`;
		return { ...row, work, contender: contender.name, values: [all - before] };
	}
}

/** In kB per item. */
async function growth(n8n: BenchN8n, prepare: (count: number) => Promise<string>): Promise<number> {
	const one = await n8n.run(await prepare(1));
	const several = await n8n.run(await prepare(ITEMS));
	return (several.recordLength - one.recordLength) / (ITEMS - 1) / 1000;
}

/** Puts all references on each item, as a form with many file fields does. */
function collected(images: number, video: boolean): Node {
	const jsCode = `return $input.all().map(({ json, binary: clip }, item) => {
	const photo = $('Files').all()[item].binary.data;
	const photos = [...Array(${images}).keys()].map((at) => ['photo_' + at, photo]);
	const binary = { ...Object.fromEntries(photos), ${video ? 'clip: clip.data' : ''} };
	return { json, binary, pairedItem: { item } };
});`;
	return {
		name: 'All References',
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: { jsCode },
	};
}
