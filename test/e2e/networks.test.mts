import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, beforeEach, describe, test } from 'node:test';
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

before(async () => {
	networks = await startNetworks();
});

beforeEach(() => networks.reset());

after(async () => await networks?.end());

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
	assert.equal(status, 'success', `${error?.message} ${error?.description}`);
	const ids = outputs.RunComfy[0].map(({ binary }) => binary?.data.id ?? '');
	return ids.map((id) => hash('sha256', readFileSync(join(networks.storage, id.split(':')[1]))));
}

/** The error of the run's only item. */
function errorOf({ outputs }: Execution) {
	const [{ json }, ...more] = outputs.RunComfy[0];
	assert.deepEqual(more, []);
	return json.error;
}

describe("files as large as the benchmark's go in and come out whole", () => {
	for (const [title, way, count, requestOptions] of [
		['over TLS, trusted by NODE_EXTRA_CA_CERTS', 'trusted', 3, {}],
		["over TLS, with 'Ignore SSL Issues'", 'untrusted', 1, { allowUnauthorizedCerts: true }],
		['through the proxy of HTTPS_PROXY, with user and password', 'proxy', 3, {}],
	] as Array<[string, Way, number, object]>)
		test(title, async () => {
			const { fronts, proxy, simulator } = networks;
			const clips = networks.clips.slice(0, count);
			const video = await networks.planFile(way, VIDEO_BYTES);
			const execution = await generate(way, count, requestOptions);
			assert.deepEqual(hashesOf(execution), times(count, video));
			assert.deepEqual(kinds().toSorted(), times(count, 'file', 'result', 'status', 'submit'));
			for (const { kind, authorization } of simulator.log)
				assert.equal(authorization, kind === 'file' ? 'none' : 'valid');
			assert.deepEqual(received().toSorted(), clips.map((clip) => clip.sha256).toSorted());
			assert.equal(fronts[way === 'untrusted' ? way : 'trusted'].connections, 4 * count);
			const tunnels = way === 'proxy' ? [...times(9, API), ...times(3, FILES)] : [];
			assert.deepEqual(proxy.tunnels.toSorted(), tunnels);
		});
});

test('a certificate that n8n cannot trust: nothing is sent, and it is not tried again', async () => {
	const error = errorOf(await generate('untrusted', 1, {}, CONTINUE));
	assert.match(
		error.message,
		/^n8n does not trust the certificate .*, so nothing was bought\..*NODE_EXTRA_CA_CERTS.*'Ignore SSL Issues \(Insecure\)' under 'Request Options'/,
	);
	assert.equal(error.submitted, 'no');
	assert.deepEqual([kinds(), networks.fronts.untrusted.connections], [[], 1]);
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
	for (const [title, prepare] of ways)
		test(`${title}: nothing is sent, and the message says what to set`, async () => {
			const execution = await generate('proxy', 1, prepare(), { ...CONTINUE, ...RETRY });
			const error = errorOf(execution);
			assert.match(
				error.message,
				/^The proxy that n8n goes through asks for a user name and a password\..*http:\/\/user:password@host:port.*HTTPS_PROXY on the n8n server/,
			);
			assert.deepEqual([error.submitted, error.http_status], ['no', 407]);
			assert.deepEqual([kinds(), networks.proxy.tunnels], [[], times(3, API)]);
		});

	test("not to a 'Proxy' with the right one", async () => {
		const video = await networks.planFile('proxy', SMALL_BYTES);
		const execution = await generate('proxy', 1, { proxy: networks.proxyOption });
		assert.deepEqual(hashesOf(execution), [video]);
		assert.deepEqual(kinds(), ['submit', 'status', 'result', 'file']);
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
	assert.deepEqual(hashesOf(await generate('proxy', 1)), [video]);
	assert.deepEqual(kinds(), ['submit', 'status', 'result', 'file']);
});

// 2.0.3 and 1.x do not tell a proxy's answer from that of the host.
const OF_PROXY = { skip: isBefore('2.15') };
test('a proxy that keeps n8n from the files: the clip is not lost', OF_PROXY, async () => {
	const { proxy } = networks;
	const { refuse } = proxy.rules;
	proxy.rules.refuse = ({ url }) => (url === FILES ? refusal('404 Not Found') : undefined);
	const video = await networks.planFile('proxy', SMALL_BYTES);
	const error = errorOf(await generate('proxy', 1, {}, CONTINUE));
	assert.match(error.message, /could not be downloaded.*proxy/);
	assert.match(error.message, /paid for and not lost/);
	assert.deepEqual(kinds(), ['submit', 'status', 'result']);
	assert.equal(proxy.tunnels.filter((host) => host === FILES).length, 1);

	proxy.rules.refuse = refuse;
	const parameters = { requestId: error.request_id };
	const fetched = await networks.run('proxy', 'waitForCompletion', { parameters });
	assert.deepEqual(hashesOf(fetched), [video]);
	assert.equal(bought(), 1);
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
			assert.deepEqual(hashesOf(execution), [video]);
			assert.deepEqual(kinds(), ['submit', 'submit', 'status', 'result', 'file']);
			assert.deepEqual([received(), bought()], [[networks.clips[0].sha256], 1]);
		});

		for (const [how, act] of [
			['is cut', (client: Duplex) => client.destroy()],
			['ends', (client: Duplex) => client.end()],
		] as const)
			test(`${way}: ${how} right after the upload: perhaps bought, and never sent again`, async () => {
				await networks.planFile(way, SMALL_BYTES);
				networks.simulator.addFaults({ on: 'submit', after: true, hang: true });
				onConnection(async (client) => {
					await until('it is bought', () => bought() === 1, { everyMs: 5 });
					act(client);
				});
				const error = errorOf(await generate(way, 1, {}, { ...CONTINUE, ...RETRY }));
				assert.match(error.message, /may or may not have been bought.*Look at Generations/);
				assert.equal(error.submitted, 'unknown');
				assert.deepEqual([kinds(), bought()], [['submit'], 1]);
				assert.deepEqual(received(), [networks.clips[0].sha256]);
			});

		test(`${way}: in reads and in the download: read again, and the file is whole`, async () => {
			const bytes = way === 'proxy' ? VIDEO_BYTES : SMALL_BYTES;
			const video = await networks.planFile(way, bytes);
			networks.simulator.addFaults(
				{ on: 'status', reset: true },
				{ on: 'result', reset: true },
				{ on: 'file', breakAt: 0.75 * bytes },
			);
			const execution = await generate(way, 1);
			assert.deepEqual(hashesOf(execution), [video]);
			assert.deepEqual(
				kinds().toSorted(),
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

	for (const way of ['trusted', 'proxy'] as const)
		test(`${way}: 200 submits are bought, and not one is in doubt`, async () => {
			keepNone();
			const items = times(200, 0).map((_, index) => ({ prompt: `Scene ${index}` }));
			const execution = await networks.run(way, 'create', CONTINUE, { items });
			const rows = execution.outputs.RunComfy[0].map(({ json }) => json);
			assert.deepEqual(
				rows.filter(({ error }) => error),
				[],
			);
			assert.deepEqual(kinds(), times(200, 'submit'));
			assert.deepEqual(
				rows.map(({ request_id: id }) => id).toSorted(),
				[...networks.simulator.jobs.keys()].toSorted(),
			);
		});

	test('it cuts those that are used again', async () => {
		keepNone();
		const { port } = networks.fronts.trusted;
		const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
		const ask = async () => {
			const [response] = await once(get(`https://127.0.0.1:${port}/`, { agent }), 'response');
			await response.toArray();
		};
		await ask();
		await assert.rejects(ask, { code: 'ECONNRESET' });
		agent.destroy();
	});
});
