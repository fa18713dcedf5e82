import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { media } from '../fixtures/media.mts';
import { startLinkHost, type LinkHost } from '../support/linkHost.mts';
import { startProxy } from '../support/proxy.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { until } from '../support/until.mts';
import { item, messageOf, submits } from './buying.mts';
import { runNode, type RunOptions } from './harness.mts';

withSimulator();

const KIB = 1024;
const PHOTO = media('photo.png');
const PAGE = '<!doctype html><title>Sign in</title>';
const RANGE = 'bytes=0-65535';

type Answer = (response: ServerResponse, path: string) => void;
const answered =
	(status: number, headers: Record<string, string> = {}, body: string | Buffer = ''): Answer =>
	(response) =>
		response.writeHead(status, headers).end(body);

let host: LinkHost;
let answer: Answer;
/** Bytes that the host could hand over for its last answer. */
let sent = 0;

beforeAll(async () => {
	host = await startLinkHost((request, response) => {
		response.once('close', () => (sent = response.socket?.bytesWritten ?? sent));
		answer(response, request.url ?? '');
	});
});
beforeEach(() => {
	host.log.length = 0;
	answer = answered(200, { 'content-type': 'image/png' }, PHOTO);
});
afterAll(() => host.close());

const images = (...urls: unknown[]) => ({
	referenceImages: { image: urls.map((url) => ({ source: 'url', url: url as string })) },
});

const run = async (
	parameters: IDataObject,
	more: Partial<RunOptions> = {},
	items: INodeExecutionData[] = [item()],
) =>
	await runNode({
		simulator,
		items,
		parameters: { operation: 'create', prompt: 'a cat', ...parameters },
		...more,
	});

const paths = () => host.log.map(({ path }) => path);

/** That the host was asked for these, once each, for their first bytes and without the token. */
function assertAsked(...expected: string[]): void {
	expect(paths()).toStrictEqual(expected);
	for (const { method, headers } of host.log) {
		expect([method, headers.range, headers.authorization]).toStrictEqual(['GET', RANGE, undefined]);
	}
}

const USE_FILE = 'use the file itself as input instead';
const TRY = `Try it in a private browser window, or ${USE_FILE}`;
const OWN_NETWORK =
	'is an address inside your own network, which RunComfy cannot reach. Use the file itself as input instead';
const SKIP =
	"Nothing was bought. If it is meant as it is, add 'Skip Checks' under Options and choose Links.";

describe('a link that is refused', () => {
	const past = Math.floor(Date.now() / 1000) - 60;
	const day = '20260101T000000Z';
	const page = `leads to a web page, not to a file. Give the link of the file itself, or ${USE_FILE}`;
	const cases: Array<[string, string, Answer]> = [
		[
			`leads to nothing: the file is not there, or only for those who are logged in (HTTP status 404). ${TRY}`,
			'/a.png',
			answered(404, { 'content-type': 'text/html' }, PAGE),
		],
		[`leads to a file that is gone for good (HTTP status 410). ${TRY}`, '/a.png', answered(410)],
		[
			`needs a login, which RunComfy does not have (HTTP status 401). ${TRY}`,
			'/a.png',
			answered(401, { 'www-authenticate': 'Basic' }),
		],
		[
			`is not open to everyone: it has run out, needs a login, or its host lets no programs in (HTTP status 403). ${TRY}`,
			`/a.png?Expires=${past + 3600}`,
			answered(403),
		],
		[`is refused by its host (HTTP status 451). ${TRY}`, '/a.png', answered(451)],
		[
			`ran out at 2026-01-01 01:00 UTC (HTTP status 403). Get a new link right before this node, or ${USE_FILE}`,
			`/a.png?X-Amz-Date=${day}&X-Amz-Expires=3600&X-Amz-Signature=x`,
			answered(403),
		],
		[page, '/a.png', answered(200, { 'content-type': 'text/html; charset=utf-8' }, '<p>Sign in')],
		[page, '/b.png', answered(200, { 'content-type': 'application/octet-stream' }, PAGE)],
		[
			'leads to text (application/json), not to a picture or clip. Check the link',
			'/a.png',
			answered(200, { 'content-type': 'application/json' }, '{"error":1}'),
		],
		['leads to an empty file (0 bytes). Check what made it', '/a.png', answered(200)],
		[
			'leads to an empty file (0 bytes). Check what made it',
			'/b.png',
			answered(416, { 'content-range': 'bytes */0' }, 'no'),
		],
		[
			`redirects to a link that ${OWN_NETWORK}`,
			'/a.png',
			answered(302, { location: 'https://10.0.0.1/a.png' }),
		],
		[
			`redirects to a link that ${OWN_NETWORK}`,
			'/b.png',
			answered(307, { location: 'https://169.254.169.254/latest' }),
		],
		[
			'redirects to a link that does not start with https://. RunComfy only reads https links',
			'/a.png',
			answered(301, { location: 'http://example.com/a.png' }),
		],
		[
			'redirects to a link that is a data URI. Make it a file first with the node Convert to File (Move Base64 String to File), and use that',
			'/a.png',
			answered(302, { location: 'data:image/png;base64,AAAA' }),
		],
	];
	for (const [issue, path, how] of cases)
		test(`${path} ${issue}`, async () => {
			answer = how;
			const url = host.url + path;
			const outcome = await run(images(url));
			expect(outcome.error).toStrictEqual({
				message: `'URL': '${url.replace(/\?.*/, '')}' ${issue}.`,
				description: SKIP,
			});
			assertAsked(path);
			expect(submits()).toHaveLength(0);
		});

	test('leads on and on', async () => {
		answer = (response, path) => answered(302, { location: `${path}x` })(response, path);
		const outcome = await run({ referenceVideo: 'url', videoUrl: `${host.url}/a` });
		expect(messageOf(outcome)).toBe(`'Video URL': '${host.url}/a' leads on more than 5 times.`);
		assertAsked('/a', '/ax', '/axx', '/axxx', '/axxxx', '/axxxxx');
		expect(submits()).toHaveLength(0);
	});

	test('shows neither what was read nor what the link keeps', async () => {
		const [user, secret] = ['anna', 'hidden1234'];
		const url = `${host.url.replace('//', `//${user}@`)}/a.png?sig=${secret}#${secret}`;
		answer = answered(
			200,
			{ 'content-type': `text/html; ${secret}`, server: secret },
			`<html>${secret}`,
		);
		const outcome = await run(images(url));
		expect(messageOf(outcome)).toMatch(
			/^'URL': 'http:\/\/127\.0\.0\.1:\d+\/a\.png' leads to a web page/,
		);
		expect(JSON.stringify([outcome.error, outcome.log])).not.toMatch(/anna|hidden1234/);
	});

	test('with On Error set to continue, the others are bought', async () => {
		answer = (response, path) => answered(path === '/b.png' ? 404 : 200, {}, PHOTO)(response, path);
		const items = ['a', 'b', 'a'].map((name) => item({}, { url: `${host.url}/${name}.png` }));
		const settings = { onError: 'continueRegularOutput' } as const;
		const outcome = await run(images('={{ $json.url }}'), { settings }, items);
		expect(outcome.items.map(({ json }) => 'error' in json)).toStrictEqual([false, true, false]);
		assertAsked('/a.png', '/b.png');
		expect(submits()).toHaveLength(2);
	});
});

describe('a link that is sent', () => {
	const none = 'http://127.0.0.1:9/a.png';
	const RUN_ON = 'RunComfy may still reach it.';
	const warned: Array<[string, string, Answer?]> = [
		['HTTP status 500', '/a.png', answered(500)],
		['HTTP status 503', '/a.png', answered(503)],
		['HTTP status 429', '/a.png', answered(429)],
		['HTTP status 408', '/a.png', answered(408)],
		['connect ECONNREFUSED 127.0.0.1:9', none],
		['socket hang up', '/a.png', (response) => response.destroy()],
	];
	for (const [reason, path, how] of warned)
		test(`with a warning: ${reason}`, async () => {
			if (how) answer = how;
			const url = how ? host.url + path : path;
			const { items } = await run(images(`${url}?sig=1`));
			expect(items[0].json.warnings).toStrictEqual([
				`'URL': '${url}' could not be looked at from n8n: ${reason}. ${RUN_ON}`,
			]);
			if (how) assertAsked(`${path}?sig=1`);
			expect((submits()[0].body as IDataObject).images).toStrictEqual([`${url}?sig=1`]);
		});

	test('with a warning, when nothing comes for 15 seconds', async () => {
		const { timeout } = AbortSignal;
		jest
			.spyOn(AbortSignal, 'timeout')
			.mockImplementation((ms: number) => timeout.call(AbortSignal, Math.round(ms / 30)));
		answer = (response) => response.writeHead(200).write('x');
		const { items } = await run(images(`${host.url}/a.png`));
		expect(items[0].json.warnings).toStrictEqual([
			`'URL': '${host.url}/a.png' could not be looked at from n8n: no answer within 15 s. ${RUN_ON}`,
		]);
		expect(submits()).toHaveLength(1);
	});

	const refusals: Array<[number, string]> = [
		[403, 'Forbidden\r\n'],
		[404, 'Not Found\r\n'],
		[302, 'Found\r\nlocation: http://proxy.example/login\r\n'],
		[503, 'Service Unavailable\r\n'],
	];
	// In 2.0.3 and 1.x, it looks as if the link itself had answered, so the link is refused.
	const skip = isBefore('2.15');
	for (const [status, rest] of refusals)
		(skip ? test.skip : test)(
			`with a warning: a proxy that does not connect (${status})`,
			async () => {
				const proxy = await startProxy({
					refuse: () => `HTTP/1.1 ${status} ${rest}content-length: 2\r\n\r\nno`,
				});
				try {
					const requestOptions = { proxy: proxy.url };
					const { items } = await run({ ...images('https://example.com/a.png'), requestOptions });
					expect(items[0].json.warnings).toStrictEqual([
						`'URL': 'https://example.com/a.png' could not be looked at from n8n: the proxy answered with HTTP status ${status}. ${RUN_ON}`,
					]);
					expect(proxy.tunnels).toStrictEqual(['example.com:443']);
					expect(submits()).toHaveLength(1);
				} finally {
					await proxy.close();
				}
			},
		);

	const large = (response: ServerResponse) => {
		const chunk = Buffer.alloc(64 * KIB);
		const write = () => {
			while (!response.destroyed && response.write(chunk));
		};
		response.on('drain', write).write(PHOTO);
		write();
	};
	const silent: Array<[string, Answer]> = [
		['whole', answered(200, { 'content-type': 'image/png' }, PHOTO)],
		['in part', answered(206, { 'content-range': `bytes 0-${PHOTO.length - 1}/4000` }, PHOTO)],
		['of no announced length', (response) => response.write(PHOTO, () => response.end())],
		['compressed', answered(200, { 'content-encoding': 'gzip' }, gzipSync(PHOTO))],
		['with a wrong type in the header', answered(200, { 'content-type': 'text/html' }, PHOTO)],
		['of an unknown kind', answered(200, { 'content-type': 'image/jpeg' }, Buffer.from('hello'))],
	];
	test.each(silent)('a picture %s', async (_title, how) => {
		answer = how;
		const { items, error } = await run(images(`${host.url}/a.png`));
		expect(error).toBeUndefined();
		expect(items[0].json.warnings).toBeUndefined();
		assertAsked('/a.png');
		expect(submits()).toHaveLength(1);
	});

	test('a file without an end, of which 64 kB are taken', async () => {
		answer = large;
		const { items } = await run(images(`${host.url}/a.png`));
		expect(items[0].json.warnings).toBeUndefined();
		await until('the connection is closed', () => sent > 0);
		// What is on its way in the system's own buffers cannot be called back.
		expect(sent).toBeLessThan(16 * KIB * KIB);
		assertAsked('/a.png');
	});

	test('by way of redirects', async () => {
		answer = (response, path) =>
			path === '/end.png'
				? answered(200, {}, PHOTO)(response, path)
				: answered(302, { location: path === '/a' ? '/b' : `${host.url}/end.png` })(response, path);
		const { items } = await run(images(`${host.url}/a`));
		expect(items[0].json.warnings).toBeUndefined();
		assertAsked('/a', '/b', '/end.png');
		expect((submits()[0].body as IDataObject).images).toStrictEqual([`${host.url}/a`]);
	});
});

describe('each link is looked at once', () => {
	test('in a run of many items', async () => {
		const url = `${host.url}/a.png`;
		const items = Array.from({ length: 20 }, () => item());
		const outcome = await run(images(url, `${url}, ${host.url}/b.png`, url), {}, items);
		expect(messageOf(outcome)).toBe('');
		assertAsked('/a.png', '/b.png');
		expect(submits()).toHaveLength(20);
	});

	test('and refused once for each field', async () => {
		answer = answered(404);
		const url = `${host.url}/a.png`;
		const outcome = await run(images(`${url}, ${url}`, url), {}, [item(), item()]);
		expect(messageOf(outcome).match(/leads to nothing/g)?.length).toBe(4);
		assertAsked('/a.png');
	});

	test('and again by a retry where it failed', async () => {
		answer = (response, path) => {
			const isFirst = paths().filter((asked) => asked === path).length === 1;
			answered(isFirst && path === '/b.png' ? 404 : 200, {}, PHOTO)(response, path);
		};
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const outcome = await run(images(`${host.url}/a.png, ${host.url}/b.png`), { settings });
		expect(messageOf(outcome)).toBe('');
		assertAsked('/a.png', '/b.png', '/b.png');
		expect(submits()).toHaveLength(1);
	});

	test('by Estimate Cost too', async () => {
		answer = answered(404);
		const operation = { operation: 'estimateCost' };
		const outcome = await run({ ...operation, ...images(`${host.url}/a.png`) });
		expect(messageOf(outcome)).toMatch(/leads to nothing/);
		assertAsked('/a.png');
	});

	test('and not at all where the user skips that check', async () => {
		const telegram = 'https://api.telegram.org/file/bot1:x/photo.jpg';
		const { items } = await run({
			...images(`${host.url}/a.png, ${telegram}`),
			options: { skipChecks: ['links'] },
		});
		expect(paths()).toStrictEqual([]);
		expect(submits()).toHaveLength(1);
		const [warning, ...more] = items[0].json.warnings as string[];
		expect(warning).toMatch(
			/^'URL': 'https:\/\/api\.telegram\.org\/…' has the secret of your Telegram bot/,
		);
		expect(more).toStrictEqual([]);
	});
});

test('links to this machine are for a simulator on it only', async () => {
	const credential = { baseUrl: 'http://simulator.example' };
	for (const url of [`${host.url}/a.png`, 'https://localhost/a.png']) {
		const outcome = await run(images(url), { credential });
		expect(messageOf(outcome)).toMatch(/does not start with https|inside your own network/);
	}
	expect(paths()).toStrictEqual([]);
});

test('a stop ends the look, and nothing is bought', async () => {
	const closed = Promise.withResolvers<void>();
	const onStart = (stop: () => void) =>
		void until('it looks', () => host.log.length > 0, { everyMs: 5 }).then(stop);
	answer = (response) => response.once('close', () => closed.resolve());
	await run(images(`${host.url}/a.png, ${host.url}/b.png`), { onStart }, [item(), item()]);
	await closed.promise;
	expect(submits()).toHaveLength(0);
});
