import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { about, inMemory, media, padded } from '../fixtures/media.mts';
import type { DataUri, ReceivedFile } from '../../simulator/index.mts';
import { sha256 } from '../support/sha256.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { until } from '../support/until.mts';
import { bodies, images, item, messageOf, submits } from './buying.mts';
import { onDisk } from './disk.mts';
import { startGivingOut, type GivenOut } from './givenOut.mts';
import { runNode, type RunOptions, type RunOutcome } from './harness.mts';
import { modelParameters } from './models.mts';

withSimulator({ fetchLinks: true });

const MIB = 1024 * 1024;
const PHOTO = media('photo.png');
const LARGE = padded('photo.png', 7 * MIB);
const LINK =
	/^http:\/\/127\.0\.0\.1:\d+\/rest\/binary-data\/signed\?token=\[hidden\]&name=file\.png$/;

let n8n: GivenOut;
let [photo, large]: IBinaryData[] = [];

const run = async (
	options: IDataObject,
	binary: INodeExecutionData['binary'],
	{ parameters, ...more }: Partial<RunOptions> = {},
): Promise<RunOutcome> =>
	await runNode({
		simulator,
		items: [item(binary)],
		restApiUrl: n8n?.restApiUrl,
		...more,
		parameters: {
			operation: 'create',
			prompt: 'a cat',
			referenceImages: images(...Object.keys(binary ?? {})),
			options,
			...parameters,
		},
	});

/** How each image was sent, by submit. */
const ways = () =>
	bodies().map(({ images = [] }) =>
		images.map((image) => (typeof image === 'string' ? 'link' : 'data')),
	);
const sent = ({ items }: RunOutcome) =>
	items.map(({ json }) => (json.references as IDataObject[]).map((reference) => reference.sent));
const looks = () => n8n.log.filter(({ method }) => method === 'HEAD');

/** What the last job received, when it has all. */
async function received(): Promise<ReceivedFile[]> {
	const job = [...simulator.jobs.values()].at(-1)!;
	await until('the files are there', () => !job.isFetching, { everyMs: 5 });
	return job.received;
}

const NO_ADDRESS = "n8n can't give RunComfy a link: ";
const MEMORY =
	'n8n keeps all files in memory, so it has no address for them. Set N8N_DEFAULT_BINARY_DATA_MODE on the n8n server to filesystem';

describe('an n8n that keeps files in memory', () => {
	const file = inMemory('photo.png');

	test('sends what fits as data', async () => {
		expect(sent(await run({}, { a: file }))).toStrictEqual([['data']]);
		expect(ways()).toStrictEqual([['data']]);
	});

	test('says so where a file does not fit', async () => {
		const outcome = await run({}, { a: inMemory('photo.png', LARGE) });
		expect(messageOf(outcome)).toBe(
			`Figure 1: file 'a' (photo.png) is 7 MiB; the limit is 6 MiB, and ${NO_ADDRESS}${MEMORY}. Or make the picture smaller, or give a URL instead.`,
		);
		expect(submits()).toHaveLength(0);
	});

	test('and where links are asked for', async () => {
		const outcome = await run({ sendFilesAs: 'link' }, { a: file, b: file });
		expect(messageOf(outcome)).toBe(
			`'Send Files As' is Link, but ${NO_ADDRESS}${MEMORY}. Or choose Auto.`,
		);
		expect(submits()).toHaveLength(0);
	});

	test('and when RunComfy takes no data', async () => {
		simulator.addFaults({ on: 'submit', refuse: 'data', times: -1 });
		const { error } = await run({}, { a: file });
		expect(error!.message).toBe('RunComfy rejected the inputs of this order.');
		expect(error!.description!).toMatch(
			/n8n can't give it links instead: n8n keeps all files in memory/,
		);
		expect(ways()).toStrictEqual([['data']]);
	});
});

describe('an n8n that keeps files on disk', () => {
	beforeAll(async () => {
		photo = await onDisk(PHOTO, about('photo.png'));
		large = await onDisk(LARGE, about('photo.png'));
		n8n = await startGivingOut();
	});
	beforeEach(() => {
		n8n.log.length = 0;
		n8n.instead = undefined;
	});
	// What a job still fetches would be in the log of the next test.
	afterEach(async () => {
		const jobs = [...simulator.jobs.values()];
		await until('all files are there', () => jobs.every(({ isFetching }) => !isFetching));
	});
	afterAll(() => n8n.close());

	test('sends what fits as data, and looks at nothing', async () => {
		expect(sent(await run({}, { a: photo }))).toStrictEqual([['data']]);
		expect([ways(), looks()]).toStrictEqual([[['data']], []]);
	});

	test('sends what does not fit as a link, which it looks at first', async () => {
		const outcome = await run({}, { a: photo, b: large });
		expect(sent(outcome)).toStrictEqual([['data', 'link']]);
		expect(ways()).toStrictEqual([['data', 'link']]);
		expect(bodies()[0].images![1] as string).toMatch(LINK);
		const [data, link] = await received();
		expect([data.from, data.sha256]).toStrictEqual(['data', sha256(PHOTO)]);
		expect([link.from, link.sha256]).toStrictEqual(['link', sha256(LARGE)]);
		expect(looks()).toHaveLength(1);
		for (const { headers } of n8n.log) expect(headers.authorization).toBeUndefined();
	});

	test('sends the largest as links where all together are too large for a request', async () => {
		const most = padded('photo.png', 6 * MIB);
		const file = await onDisk(most, about('photo.png'));
		const clip = await onDisk(padded('clip.mp4', 25 * MIB), about('clip.mp4'));
		const outcome = await run(
			{},
			{ a: file, b: file, c: file, d: file, clip },
			{
				parameters: {
					referenceImages: images('a', 'b', 'c', 'd'),
					referenceVideo: 'binary',
					videoBinaryPropertyName: 'clip',
				},
			},
		);
		expect(sent(outcome)).toStrictEqual([['data', 'data', 'data', 'data', 'link']]);
		expect(String(bodies()[0].video)).toMatch(/signed\?token=\[hidden\]&name=file\.mp4$/);
	});

	test('sends all as links where that is asked for, base64 too, under their real types', async () => {
		const wrong = await onDisk(media('photo.jpg'), { fileName: 'x', mimeType: 'image/heic' });
		const outcome = await run(
			{ sendFilesAs: 'link' },
			{ a: photo, b: inMemory('photo.png'), c: wrong },
		);
		expect(sent(outcome)).toStrictEqual([['link', 'link', 'link']]);
		const files = await received();
		expect(files.map(({ from, contentType, sha256 }) => [from, contentType, sha256])).toStrictEqual(
			[PHOTO, PHOTO, media('photo.jpg')].map((bytes, index) => [
				'link',
				index === 2 ? 'image/jpeg' : 'image/png',
				sha256(bytes),
			]),
		);
	});

	test('does so for any model, and all as links when RunComfy takes no data', async () => {
		const modelId = 'google/nano-banana-2-lite/edit';
		const inputs = { prompt: 'a', image_urls: 'a, b' };
		const parameters = modelParameters({ modelId, inputs, parameters: { prompt: '' } });
		const sentAs = () =>
			bodies().map((body) =>
				(body as { image_urls: unknown[] }).image_urls.map((image) =>
					typeof image === 'string' ? 'link' : 'data',
				),
			);
		const outcome = await run({}, { a: photo, b: large }, { parameters });
		expect([sent(outcome), sentAs()]).toStrictEqual([[['data', 'link']], [['data', 'link']]]);
		simulator.addFaults({ on: 'submit', refuse: 'data' });
		expect(sent(await run({}, { a: photo, b: large }, { parameters }))).toStrictEqual([
			['link', 'link'],
		]);
		expect(sentAs().slice(1)).toStrictEqual([
			['data', 'link'],
			['link', 'link'],
		]);
		const files = await received();
		expect(files.map(({ sha256 }) => sha256)).toStrictEqual([sha256(PHOTO), sha256(LARGE)]);
	});

	test('signs for as long as is needed, when an item is sent', async () => {
		await run({ sendFilesAs: 'link' }, { a: photo });
		await received();
		expect(n8n.lifetimes()).toStrictEqual([300, 3600]);
		n8n.log.length = 0;
		const parameters = { operation: 'generate', waitOptions: { timeout: 7200, pollInterval: 0.2 } };
		await run({ sendFilesAs: 'link' }, { a: photo }, { parameters });
		expect(n8n.lifetimes()).toStrictEqual([300, 7200]);
	});

	test('looks once at a file of many items', async () => {
		const items = Array.from({ length: 12 }, () => item({ a: large }));
		const outcome = await run({}, { a: large }, { items });
		expect(messageOf(outcome)).toBe('');
		expect(submits()).toHaveLength(12);
		expect(looks()).toHaveLength(1);
	});

	test('looks at nothing where the user skips that', async () => {
		expect(sent(await run({ skipChecks: ['links'] }, { a: large }))).toStrictEqual([['link']]);
		expect(looks()).toHaveLength(0);
	});

	test('says what is too large for a link as well', async () => {
		const huge = await onDisk(padded('photo.png', 50_000_001), about('photo.png'));
		for (const sendFilesAs of ['auto', 'link']) {
			const outcome = await run({ sendFilesAs }, { a: huge });
			expect(messageOf(outcome)).toBe(
				"Figure 1: file 'a' (photo.png) is 50.1 MB; the limit is 50 MB. Make the picture smaller.",
			);
		}
		expect([submits(), looks()]).toStrictEqual([[], []]);
	});

	test('Estimate Cost looks too, and a dry run sends nothing', async () => {
		const estimate = { parameters: { operation: 'estimateCost' } };
		expect(sent(await run({}, { a: large }, estimate))).toStrictEqual([['link']]);
		expect(sent(await run({ dryRun: true }, { a: large }))).toStrictEqual([['link']]);
		expect([submits().length, looks().length]).toStrictEqual([0, 2]);
	});

	test('Create warns where the files are deleted with the execution', async () => {
		const workflowSettings = { saveDataSuccessExecution: 'none' } as const;
		const create = async (options: IDataObject, mode: RunOptions['mode']) =>
			(await run(options, { a: photo }, { workflowSettings, mode })).items[0].json.warnings;
		const [warning] = (await create({ sendFilesAs: 'link' }, 'webhook')) as string[];
		expect(warning).toMatch(/have n8n delete them soon after the execution ends/);
		expect(await create({ sendFilesAs: 'link' }, 'manual')).toBeUndefined();
		expect(await create({}, 'webhook')).toBeUndefined();
	});

	describe('is told what stands in the way before anything is bought', () => {
		const page = '<!doctype html><title>Sign in</title>';
		const cases: Array<[string, GivenOut['instead'], RegExp]> = [
			[
				'a proxy that passes /webhook only',
				(_, response) => response.writeHead(404).end(),
				/signed answers with HTTP status 404\. Have the proxy pass that path on to n8n as it does \/webhook\//,
			],
			[
				'a login in front',
				(_, response) => response.writeHead(401).end(),
				/answers with HTTP status 401\. Have whatever stands before n8n let that path through without a login/,
			],
			[
				'a login page',
				(_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
				/a web page comes from http:\/\/127\.0\.0\.1:\d+\/rest\/binary-data\/signed instead of the file/,
			],
			[
				'a redirect into the own network',
				(_, response) => response.writeHead(302, { location: 'https://10.0.0.1/login' }).end(),
				/redirects to a link that is an address inside your own network/,
			],
			[
				'another n8n',
				(_, response) => response.writeHead(400).end('invalid signature'),
				/another n8n is there, or its processes sign differently/,
			],
			[
				'another file',
				(_, response) =>
					response.writeHead(200, { 'content-type': 'image/png', 'content-length': 303 }).end(),
				/gives 303 bytes of 'image\/png' for a file of 7340032 bytes/,
			],
			[
				'nobody',
				(_, response) => response.destroy(),
				/could not be reached from n8n \(socket hang up\)\. Check that WEBHOOK_URL/,
			],
		];
		test.each(cases)('%s', async (_title, instead, expected) => {
			n8n.instead = instead;
			const outcome = await run({}, { a: large });
			expect(messageOf(outcome)).toMatch(
				/^Figure 1: file 'a' \(photo\.png\) is 7 MiB; the limit is 6 MiB, and n8n can't give RunComfy a link: .*\. Or make the picture smaller, or give a URL instead\.$/,
			);
			expect(messageOf(outcome)).toMatch(expected);
			expect(outcome.error!.description!).toMatch(
				/add 'Skip Checks' under Options and choose Links/,
			);
			expect(JSON.stringify([outcome.error, outcome.log])).not.toMatch(/eyJ|token=/);
			expect(submits()).toHaveLength(0);
		});

		test('an address of its own that is not public', async () => {
			const credential = { baseUrl: 'http://simulator.example' };
			for (const restApiUrl of [n8n.restApiUrl, 'http://n8n.example.com/rest']) {
				const outcome = await run(
					{ sendFilesAs: 'link' },
					{ a: photo },
					{ credential, restApiUrl },
				);
				expect(messageOf(outcome)).toBe(
					`'Send Files As' is Link, but ${NO_ADDRESS}n8n's own address is ${new URL(restApiUrl).origin}, and RunComfy reads public https addresses only. Set WEBHOOK_URL on the n8n server to n8n's public https address. Or choose Auto.`,
				);
			}
			expect([submits(), looks()]).toStrictEqual([[], []]);
		});
	});

	describe('when RunComfy takes no data', () => {
		test.each([400, 413, 415, 422])('%s: it gets links, once', async (status) => {
			simulator.addFaults({ on: 'submit', refuse: 'data', times: -1, status });
			const outcome = await run({}, { a: photo, b: photo });
			expect(messageOf(outcome)).toBe('');
			expect(ways()).toStrictEqual([
				['data', 'data'],
				['link', 'link'],
			]);
			expect(sent(outcome)).toStrictEqual([['link', 'link']]);
			expect(simulator.jobs.size).toBe(1);
			expect((await received()).map(({ sha256 }) => sha256)).toStrictEqual([
				sha256(PHOTO),
				sha256(PHOTO),
			]);
		});

		test('Generate makes its video of them', async () => {
			simulator.addFaults({ on: 'submit', refuse: 'data' });
			const parameters = { operation: 'generate', waitOptions: { pollInterval: 0.2 } };
			const outcome = await run({}, { a: photo }, { parameters });
			expect(outcome.items[0].json.status).toBe('completed');
			expect([ways(), sent(outcome)]).toStrictEqual([[['data'], ['link']], [['link']]]);
		});

		test('more items than there are slots, one at a time or together', async () => {
			for (const maxConcurrent of [1, 20]) {
				simulator.reset();
				simulator.addFaults({ on: 'submit', refuse: 'data', times: -1 });
				const parameters = { operation: 'generate', waitOptions: { pollInterval: 0.2 } };
				const items = Array.from({ length: 6 }, () => item({ a: photo }));
				const outcome = await run({ maxConcurrent }, { a: photo }, { items, parameters });
				expect(messageOf(outcome)).toBe('');
				expect(outcome.items).toHaveLength(6);
				expect([submits().length, simulator.jobs.size]).toStrictEqual([12, 6]);
			}
		});

		test('what is refused for something else is not sent again', async () => {
			const detail = [{ loc: ['body', 'prompt'], msg: 'is too rude' }];
			simulator.addFaults({ on: 'submit', status: 422, body: { detail } });
			const outcome = await run({}, { a: photo });
			expect(outcome.error!.description!).toMatch(/prompt: is too rude/);
			expect(ways()).toStrictEqual([['data']]);
		});

		test('where data is asked for, it stays at that, and the message names Auto', async () => {
			simulator.addFaults({ on: 'submit', refuse: 'data' });
			const { error } = await run({ sendFilesAs: 'data' }, { a: photo });
			expect(error!.description!).toMatch(/set &#39;|set 'Send Files As' under Options to Auto/);
			expect(ways()).toStrictEqual([['data']]);
		});

		test('an unknown outcome is never sent again, by whatever way', async () => {
			simulator.addFaults({ on: 'submit', after: true, reset: true });
			const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
			const outcome = await run({}, { a: photo }, { settings });
			expect(messageOf(outcome)).toMatch(/may or may not have been bought/);
			expect(ways()).toStrictEqual([['data']]);
		});

		test('nor is that of the links', async () => {
			simulator.addFaults(
				{ on: 'submit', nth: 1, refuse: 'data' },
				{ on: 'submit', nth: 2, after: true, reset: true },
			);
			const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
			const outcome = await run({}, { a: photo }, { settings });
			expect(messageOf(outcome)).toMatch(/may or may not have been bought/);
			expect([ways(), simulator.jobs.size]).toStrictEqual([[['data'], ['link']], 1]);
		});

		test('where links are refused as well, both reasons are told, and a retry sends links only', async () => {
			simulator.addFaults(
				{ on: 'submit', nth: 1, refuse: 'data' },
				{ on: 'submit', refuse: 'links', times: -1 },
			);
			const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
			const { error } = await run({}, { a: photo }, { settings });
			expect(error!.description!).toMatch(
				/images\.0: must be a data URI \(files as links\); before that, .*images\.0: must be a public https URL \(files inside the request\)/,
			);
			expect(ways()).toStrictEqual([['data'], ['link'], ['link'], ['link']]);
		});

		test('links that are limited wait, and go again as links', async () => {
			simulator.addFaults(
				{ on: 'submit', nth: 1, refuse: 'data' },
				{ on: 'submit', nth: 2, status: 429 },
			);
			const outcome = await run({}, { a: photo });
			expect(messageOf(outcome)).toBe('');
			expect(ways()).toStrictEqual([['data'], ['link'], ['link']]);
			expect(simulator.jobs.size).toBe(1);
		});

		test('what n8n cannot give out is told with the refusal', async () => {
			n8n.instead = (_, response) => response.writeHead(404).end();
			simulator.addFaults({ on: 'submit', refuse: 'data', times: -1 });
			const { error } = await run({}, { a: photo });
			expect(error!.message).toBe('RunComfy rejected the inputs of this order.');
			expect(error!.description!).toMatch(/n8n can't give it links instead: .* HTTP status 404\./);
			expect(error!.description!).toMatch(/must be a public https URL/);
			expect(ways()).toStrictEqual([['data']]);
		});

		test('a stop while it looks at its links buys nothing', async () => {
			simulator.addFaults({ on: 'submit', refuse: 'data', times: -1 });
			n8n.instead = () => undefined;
			const onStart = (stop: () => void) =>
				void until('it looks', () => looks().length > 0, { everyMs: 5 }).then(stop);
			await run({}, { a: photo }, { onStart });
			expect([ways(), simulator.jobs.size]).toStrictEqual([[['data']], 0]);
		});

		test('the same order under its key is bought once', async () => {
			simulator.addFaults({ on: 'submit', refuse: 'data', times: -1 });
			const items = [item({ a: photo }), item({ a: photo })];
			const outcome = await run({ idempotencyKey: 'one' }, { a: photo }, { items });
			expect([submits().length, simulator.jobs.size]).toStrictEqual([2, 1]);
			expect(outcome.items[0].json.request_id).toBe(outcome.items[1].json.request_id);
		});
	});

	describe('the link is a secret', () => {
		const assertHidden = ({ items, error, log, run }: RunOutcome) => {
			const text = JSON.stringify([items, error, log, run]);
			expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
			expect(text).toMatch(/\[hidden\]/);
		};

		test('where RunComfy repeats it in a refusal', async () => {
			const answer = (url: string) => ({ detail: `images: cannot read ${url}` });
			const secret = `${n8n.restApiUrl}/binary-data/signed?token=eyJhbGciOi.eyJpZCI6Ij.abc-_&name=file.png`;
			simulator.addFaults({ on: 'submit', status: 422, body: answer(secret) });
			assertHidden(await run({ sendFilesAs: 'link' }, { a: photo }));
		});

		test('where a request fails with it, in the error and on the error branch', async () => {
			const parameters = { operation: 'generate', waitOptions: { pollInterval: 0.2 } };
			for (const onError of [undefined, 'continueErrorOutput'] as const) {
				simulator.planJobs({ unreachable: true });
				const outcome = await run(
					{ sendFilesAs: 'link' },
					{ a: photo },
					{ parameters, settings: { onError } },
				);
				assertHidden(outcome);
			}
			const [job] = simulator.jobs.values();
			expect(String(job.plan.jobError)).toMatch(/token=eyJ/);
		});
	});
});

test('a value that the option does not have is refused', async () => {
	const outcome = await run({ sendFilesAs: 'mail' }, { a: photo });
	expect(messageOf(outcome)).toBe("'Send Files As' must be one of auto, data, link (got 'mail').");
	const file = (await run({ sendFilesAs: ' Data ' }, { a: photo }), bodies()[0].images![0]);
	expect((file as DataUri).dataUri).toBeTruthy();
});
