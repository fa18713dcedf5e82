import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { about, media } from '../fixtures/media.mts';
import { fileChunks } from '../../simulator/files.mts';
import type { Fault, JobPlan } from '../../simulator/index.mts';
import { sha256 } from '../support/sha256.mts';
import { onDisk, pathOf, storedChunks } from './disk.mts';
import { ON_ERROR, play, RETRY, tally, type Played, type Scenario } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const require = createRequire(import.meta.url);
const { fileTypeOf } = require('../../dist/nodes/RunComfy/order/files/fileType.js');

const MODEL = 'kling-kling-video-o3-standard-reference-to-video';

const wait = async (plan: JobPlan, { parameters, ...more }: Partial<Scenario> = {}) =>
	await play({
		operation: 'waitForCompletion',
		plans: [plan],
		...more,
		parameters: { resource: 'model', ...parameters },
	});

interface FileJson extends IDataObject {
	url: string;
	field?: string;
	mime_type?: string;
	bytes?: number;
}
const filesOf = ({ items }: Played) => items[0].json.files as FileJson[];
const bytesOf = ({ data }: IBinaryData) => Buffer.from(data, 'base64');

describe('the files of a result', () => {
	const shapes: Array<[string, JobPlan, Array<[string, string, string | undefined]>]> = [
		['a video', { output: 'video' }, [['.mp4', 'video/mp4', 'video']]],
		['a picture', { output: 'image' }, [['.png', 'image/png', 'image']]],
		['a sound', { output: 'audio' }, [['.mp3', 'audio/mpeg', 'audio']]],
		['an object with a url', { output: 'audioObject' }, [['.mp3', 'audio/mpeg', 'audio']]],
		['a bare URL', { output: 'string' }, [['.mp4', 'video/mp4', undefined]]],
		['the same twice', { output: 'twice' }, [['.mp4', 'video/mp4', 'video']]],
		[
			'several',
			{ output: 'videos', fileCount: 3 },
			[
				['-1.mp4', 'video/mp4', 'videos'],
				['-2.mp4', 'video/mp4', 'videos'],
				['-3.mp4', 'video/mp4', 'videos'],
			],
		],
		[
			'a bare list',
			{ output: 'list', fileCount: 2 },
			[
				['-1.mp4', 'video/mp4', undefined],
				['-2.mp4', 'video/mp4', undefined],
			],
		],
		[
			'all kinds',
			{ output: 'mixed' },
			[
				['-1.png', 'image/png', 'image'],
				['-2.mp3', 'audio/mpeg', 'audios'],
				['-3.mp4', 'video/mp4', 'video'],
			],
		],
	];
	test.concurrent.each(shapes)(
		'%s: all of them, in order, named and typed',
		async (_title, plan, expected) => {
			const played = await wait(plan);
			expect(played.error).toBeUndefined();
			const [{ json, binary = {}, pairedItem }] = played.items;
			const [id] = played.ids;
			expect(pairedItem).toStrictEqual({ item: 0 });
			expect(Object.keys(json)).toStrictEqual([
				...['request_id', 'model_id', 'status', 'files', 'cost_usd'],
				...['created_at', 'finished_at', 'output'],
			]);
			expect(Object.keys(binary)).toStrictEqual(
				expected.map((_, index) => (index ? `data_${index}` : 'data')),
			);
			for (const [index, [ending, mimeType, field]] of expected.entries()) {
				const file = filesOf(played)[index];
				const stored = Object.values(binary)[index];
				expect(stored.fileName).toBe(`${MODEL}-${id}${ending}`);
				expect([stored.mimeType, file.mime_type]).toStrictEqual([mimeType, mimeType]);
				expect(file.field).toBe(field);
				expect('field' in file).toBe(field !== undefined);
				expect(bytesOf(stored).length).toBe(file.bytes);
				const served = servedBy(played, file.url);
				expect(served).toBe(sha256(bytesOf(stored)));
			}
			expect(tally(played.requests)).toStrictEqual({ status: 1, result: 1, file: expected.length });
		},
	);

	test.concurrent('take the field and the name that the user gives', async () => {
		const parameters = {
			outputBinaryPropertyName: 'clip',
			waitOptions: { pollInterval: 0.2, fileName: 'Scene 2.mp4' },
		};
		const { items } = await wait({ output: 'mixed' }, { parameters });
		expect(
			Object.entries(items[0].binary ?? {}).map(([field, { fileName }]) => [field, fileName]),
		).toStrictEqual([
			['clip', 'Scene 2.mp4-1.png'],
			['clip_1', 'Scene 2.mp4-2.mp3'],
			['clip_2', 'Scene 2-3.mp4'],
		]);
	});

	test.concurrent('are links alone without the download', async () => {
		const played = await wait({ output: 'mixed' }, { parameters: { downloadFiles: false } });
		expect(played.items[0].binary).toBeUndefined();
		expect(filesOf(played).map((file) => Object.keys(file))).toStrictEqual([
			['url', 'field'],
			['url', 'field'],
			['url', 'field'],
		]);
		expect(played.requests).toStrictEqual(['status', 'result']);
	});

	test.concurrent(
		'are typed by their bytes where the host says nothing, or something else',
		async () => {
			for (const contentType of ['application/octet-stream', '', 'image/jpeg', 'video/mp4']) {
				const faults: Fault[] = [{ on: 'file', contentType }];
				const played = await wait({ output: 'image' }, { faults });
				const { mimeType, fileName } = played.items[0].binary?.data ?? {};
				expect([contentType, [mimeType, fileName?.slice(-4)]]).toStrictEqual([
					contentType,
					['image/png', '.png'],
				]);
			}
		},
	);

	test.concurrent('no result without a file', async () => {
		const played = await wait(
			{ output: 'text' },
			{ settings: { onError: 'continueRegularOutput' } },
		);
		const error = played.items[0].json.error as IDataObject;
		expect(String(error.message)).toMatch(/is completed, but RunComfy returned no result for it/);
		expect(error.output).toStrictEqual({ text: 'no file' });
	});

	test.concurrent.each(ON_ERROR)(
		'one that is gone leaves the others, their links and the request to fetch again: %s',
		async (onError) => {
			const faults: Fault[] = [{ on: 'file', skip: 1, times: -1, status: 500 }];
			const plan: JobPlan = { output: 'videos', fileCount: 3 };
			const played = await wait(plan, { faults, settings: { onError } });
			const [id] = played.ids;
			expect(tally(played.requests)).toStrictEqual({ status: 1, result: 1, file: 1 + 2 * 5 });
			const rows = [...played.items, ...played.errorItems];
			const error = rows[0]?.json.error as IDataObject | undefined;
			const { message = '', description = '' } = played.error ?? {};
			const text = error ? String(error.message) : `${message} ${description}`;
			expect(text).toMatch(new RegExp(`2 of 3 files of request ${id} could not be downloaded`));
			expect(text).toMatch(/paid for and not lost: run Wait for Completion with the request ID/);
			expect(text).toMatch(/file \d: HTTP status 500; file \d: HTTP status 500/);
			const urls = ['', '/2', '/3'].map((at) => `${played.simulator.url}/files/${id}${at}.mp4`);
			if (error) {
				expect((error.files as FileJson[]).map(({ url }) => url)).toStrictEqual(urls);
				expect([error.request_id, error.submitted]).toStrictEqual([id, 'yes']);
				expect([rows.length, rows[0].binary]).toStrictEqual([1, undefined]);
			} else for (const url of urls) expect(text).toContain(url);
		},
	);

	test.concurrent('a retry of the node fetches all of them', async () => {
		const faults: Fault[] = [{ on: 'file', times: 5, status: 500 }];
		const plan: JobPlan = { output: 'video' };
		const played = await wait(plan, { faults, settings: RETRY });
		expect(filesOf(played)).toHaveLength(1);
		expect(tally(played.requests)).toStrictEqual({ status: 2, result: 2, file: 6 });
	});

	test.concurrent('links that have run out are renewed with one read for all', async () => {
		const faults: Fault[] = [{ on: 'file', times: 3, status: 403 }];
		const played = await wait({ output: 'videos', fileCount: 3 }, { faults });
		expect(Object.keys(played.items[0].binary ?? {})).toHaveLength(3);
		expect(tally(played.requests)).toStrictEqual({ status: 1, result: 2, file: 6 });
	});

	test.concurrent('a page in place of one is no file', async () => {
		const faults: Fault[] = [{ on: 'file', html: true, status: 200 }];
		const played = await wait({ output: 'image' }, { faults });
		expect(played.items[0].binary?.data.mimeType).toBe('image/png');
		expect(tally(played.requests).file).toBe(2);
	});

	test.concurrent('stopping ends all downloads', async () => {
		const faults: Fault[] = [{ on: 'file', times: -1, stall: true }];
		const played = await wait(
			{ output: 'videos', fileCount: 3 },
			{
				faults,
				meanwhile: ({ stop, simulator }) => {
					const look = setInterval(() => {
						if (simulator.log.filter(({ kind }) => kind === 'file').length < 3) return;
						clearInterval(look);
						stop();
					}, 5);
				},
			},
		);
		expect(tally(played.requests).file).toBe(3);
		expect(played.items).toStrictEqual([]);
	});

	test.concurrent('several items share four slots, and each gets its own files', async () => {
		const plans = Array.from({ length: 3 }, (): JobPlan => ({ output: 'videos', fileCount: 3 }));
		const played = await wait({}, { plans, count: 3 });
		const names = played.items.map(({ binary = {} }) =>
			Object.values(binary).map(({ fileName }) => fileName),
		);
		expect(names).toStrictEqual(
			played.items.map(({ json }) =>
				[1, 2, 3].map((n) => `${MODEL}-${String(json.request_id)}-${n}.mp4`),
			),
		);
		expect(tally(played.requests).file).toBe(9);
	});
});

test('the video resource returns one video as ever', async () => {
	const played = await play({ operation: 'waitForCompletion', plans: [{ output: 'mixed' }] });
	const [{ json, binary }] = played.items;
	const [id] = played.ids;
	expect(json.video_url).toBe(`${played.simulator.url}/files/${id}.mp4`);
	expect(json).not.toHaveProperty('files');
	expect(Object.keys(binary ?? {})).toStrictEqual(['data']);
	expect(binary?.data.fileName).toBe(`${id}.mp4`);
	expect(tally(played.requests).file).toBe(1);
});

describe('a dry run returns a sample of what the model makes', () => {
	test.concurrent.each([
		['google/nano-banana-2-lite/text-to-image', 'image', '.png', 'image/png'],
		['bytedance/seed-audio-1.0/text-to-audio', 'audio', '.wav', 'audio/wav'],
		['openai/sora-2/text-to-video', 'video', '.mp4', 'video/mp4'],
	] as const)('%s', async (modelId, kind, ending, mimeType) => {
		const played = await play({
			operation: 'generate',
			parameters: {
				resource: 'model',
				modelId: { __rl: true, mode: 'id', value: modelId },
				prompt: 'a cat',
				modelInputs: { mappingMode: 'defineBelow', value: {} },
				options: { dryRun: true },
			},
		});
		expect(played.error).toBeUndefined();
		const [{ json, binary }] = played.items;
		const id = String(json.request_id);
		expect(id).toMatch(/^dry-run-/);
		expect(played.requests).toStrictEqual(['model']);
		const { data } = binary ?? {};
		expect(data).toBeTruthy();
		expect(data.mimeType).toBe(mimeType);
		expect(data.fileName).toBe(`${modelId.replaceAll('/', '-')}-${id}${ending}`);
		const bytes = bytesOf(data);
		expect(bytes.length).toBeLessThan(20_000);
		expect(filesOf(played)).toStrictEqual([
			{
				url: `https://dry-run.invalid/${id}${ending}`,
				field: kind,
				mime_type: mimeType,
				bytes: bytes.length,
			},
		]);
		expect(fileTypeOf(bytes).kind).toBe(kind);
		expect(json.dry_run).toBe(true);
	});
});

describe('files on disk', () => {
	const BYTES = 20_000_000;

	test('are what the host sent, and hardly anything of them is kept', async () => {
		await onDisk(media('photo.png'), about('photo.png'));
		const chunks = storedChunks();
		const played = await wait({ output: 'videos', fileCount: 3, fileBytes: BYTES });
		const expected = sha256(Buffer.concat([...fileChunks(BYTES, 0, BYTES)]));
		const stored = Object.values(played.items[0].binary ?? {});
		expect(stored).toHaveLength(3);
		for (const file of stored) expect(sha256(readFileSync(pathOf(file)))).toBe(expected);
		expect(filesOf(played).map(({ bytes }) => bytes)).toStrictEqual([BYTES, BYTES, BYTES]);
		const kept = chunks.reduce((sum, { length }) => sum + length, 0);
		expect(kept).toBeLessThan((3 * BYTES) / 100);
	});
});

/** What the simulator's file of this address holds; it is closed, so its own is read. */
function servedBy({ simulator }: Played, url: string): string {
	const [ending] = /\.\w+$/.exec(new URL(url).pathname) ?? [];
	expect(url.slice(0, simulator.url.length)).toBe(simulator.url);
	const names: Record<string, string> = { '.mp4': 'clip', '.png': 'picture', '.mp3': 'sound' };
	const file = `../../simulator/media/${names[ending ?? '']}${ending}`;
	return sha256(readFileSync(new URL(file, import.meta.url)));
}
