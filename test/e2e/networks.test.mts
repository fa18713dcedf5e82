import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isBefore } from '../../scripts/runtime/n8n.mjs';
import type { DataUri } from '../../simulator/index.mts';
import type { Execution } from '../support/n8n/server.mts';
import type { Node } from '../support/n8n/workflow.mts';
import { until } from '../support/until.mts';
import { API, FILES, refusal, startNetworks, type Networks, type Way } from './networks.mts';

/** As large as the benchmark's. */
const VIDEO_BYTES = 200_000_000;
const SMALL_BYTES = 100_000;

let networks: Networks;

beforeAll(async () => {
	networks = await startNetworks();
});

beforeEach(() => networks.reset());

afterAll(async () => await networks?.end());

const files: Node = {
	name: 'Files',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: { fileSelector: '={{ $json.path }}', options: {} },
};
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
const CONTINUE = { onError: 'continueRegularOutput' } as const;

/** Generates a clip of each of so many files on disk. */
async function generate(
	way: Way,
	count: number,
	requestOptions = {},
	settings: Partial<Node> = {},
) {
	const parameters = {
		prompt: '=Scene {{ $itemIndex }} of {{ $execution.id }}',
		referenceImages: {},
		referenceVideo: 'binary',
		videoBinaryPropertyName: 'data',
		requestOptions,
	};
	const items = networks.clips.slice(0, count).map(({ path }) => ({ path }));
	const more = { items, before: [files] };
	return await networks.run(way, 'generate', { parameters, ...settings }, more);
}

/** Every request that came to RunComfy, by kind. */
const kinds = () => networks.simulator.log.map(({ kind }) => kind);
const times = <T,>(count: number, ...values: T[]): T[] =>
	values.flatMap((value) => Array<T>(count).fill(value));
const bought = () => networks.simulator.jobs.size - 1;

/** The hashes of the reference videos that came whole. */
const received = () =>
	networks.simulator.log
		.filter(({ kind, bodyBytes }) => kind === 'submit' && bodyBytes)
		.map(({ body }) => (body as { video: DataUri }).video.sha256);

/** The hashes of the videos that a run has made, as they are in n8n's storage. */
function hashesOf({ status, error, outputs }: Execution): string[] {
	expect({ status, error }).toStrictEqual({ status: 'success', error: undefined });
	const ids = outputs.RunComfy[0].map(({ binary }) => binary?.data.id ?? '');
	return ids.map((id) => hash('sha256', readFileSync(join(networks.storage, id.split(':')[1]))));
}

/** The error of the run's only item. */
function errorOf({ outputs }: Execution) {
	const [{ json }, ...more] = outputs.RunComfy[0];
	expect(more).toStrictEqual([]);
	return json.error;
}

describe("files as large as the benchmark's go in and come out whole", () => {
	test.each([
		['over TLS, trusted by NODE_EXTRA_CA_CERTS', 'trusted', 3, {}],
		["over TLS, with 'Ignore SSL Issues'", 'untrusted', 1, { allowUnauthorizedCerts: true }],
		['through the proxy of HTTPS_PROXY, with user and password', 'proxy', 3, {}],
	] as Array<[string, Way, number, object]>)('%s', async (_title, way, count, requestOptions) => {
		const { fronts, proxy, simulator } = networks;
		const clips = networks.clips.slice(0, count);
		const video = await networks.planFile(way, VIDEO_BYTES);
		const execution = await generate(way, count, requestOptions);
		expect(hashesOf(execution)).toStrictEqual(times(count, video));
		expect(kinds().toSorted()).toStrictEqual(times(count, 'file', 'result', 'status', 'submit'));
		for (const { kind, authorization } of simulator.log)
			expect(authorization).toBe(kind === 'file' ? 'none' : 'valid');
		expect(received().toSorted()).toStrictEqual(clips.map((clip) => clip.sha256).toSorted());
		expect(fronts[way === 'untrusted' ? way : 'trusted'].connections).toBe(4 * count);
		const tunnels = way === 'proxy' ? [...times(9, API), ...times(3, FILES)] : [];
		expect(proxy.tunnels.toSorted()).toStrictEqual(tunnels);
	});
});

test('a certificate that n8n cannot trust: nothing is sent, and it is not tried again', async () => {
	const error = errorOf(await generate('untrusted', 1, {}, CONTINUE));
	expect(error.message).toMatch(
		/^n8n does not trust the certificate .*, so nothing was bought\..*NODE_EXTRA_CA_CERTS.*'Ignore SSL Issues \(Insecure\)' under 'Request Options'/,
	);
	expect(error.submitted).toBe('no');
	expect([kinds(), networks.fronts.untrusted.connections]).toStrictEqual([[], 1]);
});

describe('a proxy that answers 407', () => {
	const ways: Array<[string, () => object]> = [
		[
			'to the login of HTTPS_PROXY',
			() => {
				networks.proxy.rules.refuse = () => refusal('407 Proxy Authentication Required');
				return {};
			},
		],
		["to a 'Proxy' without login", () => ({ proxy: networks.proxy.url })],
	];
	test.each(ways)(
		'%s: nothing is sent, and the message says what to set',
		async (_title, prepare) => {
			const execution = await generate('proxy', 1, prepare(), { ...CONTINUE, ...RETRY });
			const error = errorOf(execution);
			expect(error.message).toMatch(
				/^The proxy that n8n goes through asks for a user name and a password\..*http:\/\/user:password@host:port.*HTTPS_PROXY on the n8n server/,
			);
			expect([error.submitted, error.http_status]).toStrictEqual(['no', 407]);
			expect([kinds(), networks.proxy.tunnels]).toStrictEqual([[], times(3, API)]);
		},
	);

	test("not to a 'Proxy' with the right one", async () => {
		const video = await networks.planFile('proxy', SMALL_BYTES);
		const execution = await generate('proxy', 1, { proxy: networks.proxyOption });
		expect(hashesOf(execution)).toStrictEqual([video]);
		expect(kinds()).toStrictEqual(['submit', 'status', 'result', 'file']);
	});
});

test('a slow proxy is waited for', async () => {
	const { rules } = networks.proxy;
	const { refuse } = rules;
	rules.refuse = async (request) => {
		await sleep(500);
		return await refuse?.(request);
	};
	const video = await networks.planFile('proxy', SMALL_BYTES);
	expect(hashesOf(await generate('proxy', 1))).toStrictEqual([video]);
	expect(kinds()).toStrictEqual(['submit', 'status', 'result', 'file']);
});

// 2.0.3 and 1.x do not tell a proxy's answer from that of the host.
const testOfProxy = isBefore('2.15') ? test.skip : test;
testOfProxy('a proxy that keeps n8n from the files: the clip is not lost', async () => {
	const { proxy } = networks;
	const { refuse } = proxy.rules;
	proxy.rules.refuse = ({ url }) => (url === FILES ? refusal('404 Not Found') : undefined);
	const video = await networks.planFile('proxy', SMALL_BYTES);
	const error = errorOf(await generate('proxy', 1, {}, CONTINUE));
	expect(error.message).toMatch(/could not be downloaded.*proxy/);
	expect(error.message).toMatch(/paid for and not lost/);
	expect(kinds()).toStrictEqual(['submit', 'status', 'result']);
	expect(proxy.tunnels.filter((host) => host === FILES)).toHaveLength(1);

	proxy.rules.refuse = refuse;
	const parameters = { requestId: error.request_id };
	const fetched = await networks.run('proxy', 'waitForCompletion', { parameters });
	expect(hashesOf(fetched)).toStrictEqual([video]);
	expect(bought()).toBe(1);
});

describe('a connection that dies', () => {
	for (const way of ['trusted', 'proxy'] as const) {
		const onConnection = (act: (client: Duplex) => void) => {
			let left = 1;
			const first = (client: Duplex) => void (left-- > 0 && act(client));
			if (way === 'proxy') networks.proxy.rules.onTunnel = first;
			else networks.fronts.trusted.onConnection = first;
		};

		test(`${way}: in the middle of the upload: nothing is bought, and a retry sends it again`, async () => {
			const video = await networks.planFile(way, SMALL_BYTES);
			onConnection((client) => {
				let left = 10_000_000;
				client.on('data', ({ length }) => {
					left -= length;
					if (left < 0) client.destroy();
				});
			});
			const execution = await generate(way, 1, {}, RETRY);
			expect(hashesOf(execution)).toStrictEqual([video]);
			expect(kinds()).toStrictEqual(['submit', 'submit', 'status', 'result', 'file']);
			expect([received(), bought()]).toStrictEqual([[networks.clips[0].sha256], 1]);
		});

		test.each([
			['is cut', (client: Duplex) => client.destroy()],
			['ends', (client: Duplex) => client.end()],
		] as const)(
			`${way}: %s right after the upload: perhaps bought, and never sent again`,
			async (_how, act) => {
				await networks.planFile(way, SMALL_BYTES);
				networks.simulator.addFaults({ on: 'submit', after: true, hang: true });
				onConnection(async (client) => {
					await until('it is bought', () => bought() === 1, { everyMs: 5 });
					act(client);
				});
				const error = errorOf(await generate(way, 1, {}, { ...CONTINUE, ...RETRY }));
				expect(error.message).toMatch(/may or may not have been bought.*Look at Generations/);
				expect(error.submitted).toBe('unknown');
				expect([kinds(), bought()]).toStrictEqual([['submit'], 1]);
				expect(received()).toStrictEqual([networks.clips[0].sha256]);
			},
		);

		test(`${way}: in reads and in the download: read again, and the file is whole`, async () => {
			const bytes = way === 'proxy' ? VIDEO_BYTES : SMALL_BYTES;
			const video = await networks.planFile(way, bytes);
			networks.simulator.addFaults(
				{ on: 'status', reset: true },
				{ on: 'result', reset: true },
				{ on: 'file', breakAt: 0.75 * bytes },
			);
			const execution = await generate(way, 1);
			expect(hashesOf(execution)).toStrictEqual([video]);
			expect(kinds().toSorted()).toStrictEqual(
				['submit', ...times(2, 'status', 'result', 'file')].toSorted(),
			);
		});
	}
});

describe('a server that ends each connection as its second request goes', () => {
	const keepNone = () => {
		networks.fronts.trusted.onConnection = (client, server) =>
			server.once('data', () => client.once('data', () => client.destroy()));
	};

	test.each(['trusted', 'proxy'] as const)(
		'%s: 200 submits are bought, and not one is in doubt',
		async (way) => {
			keepNone();
			const items = times(200, 0).map((_, index) => ({ prompt: `Scene ${index}` }));
			const execution = await networks.run(way, 'create', CONTINUE, { items });
			const rows = execution.outputs.RunComfy[0].map(({ json }) => json);
			expect(rows.filter(({ error }) => error)).toStrictEqual([]);
			expect(kinds()).toStrictEqual(times(200, 'submit'));
			expect(rows.map(({ request_id: id }) => id).toSorted()).toStrictEqual(
				[...networks.simulator.jobs.keys()].toSorted(),
			);
		},
	);

	test('it cuts those that are used again', async () => {
		keepNone();
		const { port } = networks.fronts.trusted;
		const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
		const ask = async () => {
			const [response] = await once(get(`https://127.0.0.1:${port}/`, { agent }), 'response');
			await response.toArray();
		};
		await ask();
		await expect(ask).rejects.toMatchObject({ code: 'ECONNRESET' });
		agent.destroy();
	});
});
