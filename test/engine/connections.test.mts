import { createServer as createHttp, request as httpRequest } from 'node:http';
import { createServer as createHttps } from 'node:https';
import {
	connect,
	createServer as createTcp,
	type AddressInfo,
	type Server,
	type Socket,
} from 'node:net';
import { createServer as createTls } from 'node:tls';
import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { buy } from '../support/buy.mts';
import { selfSigned } from '../support/certificates.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode, type RunOptions } from './harness.mts';
import { ORDER_PARAMETERS, RETRY, type ErrorJson } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);
withSimulator();

const certificate = await selfSigned();
const sockets = new Set<Socket>();
const servers: Server[] = [];

/** The port of a server that ends with the tests. */
async function listen(server: Server): Promise<number> {
	servers.push(server);
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		// Clients and tests cut connections at any time.
		socket.on('error', () => undefined);
	});
	for (const event of ['tlsClientError', 'clientError']) server.on(event, () => undefined);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

afterAll(() => {
	for (const socket of sockets) socket.destroy();
	for (const server of servers) server.close();
});

/** The simulator, over HTTPS. */
let secure: number;
/** The connection of each request that came there. */
const used: Socket[] = [];

beforeAll(async () => {
	secure = await listen(
		createHttps(certificate, (request, response) => {
			const { method, url, headers, socket } = request;
			used.push(socket);
			const forwarded = httpRequest(simulator.url + url, { method, headers }, (answer) => {
				response.writeHead(answer.statusCode ?? 500, answer.headers);
				answer.pipe(response);
			});
			request.pipe(forwarded);
		}),
	);
});

const INSECURE = { allowUnauthorizedCerts: true };

interface Connection {
	url: string;
	requestOptions?: object;
	settings?: RunOptions['settings'];
	credential?: RunOptions['credential'];
}

/** The one item of a run over such a connection. */
async function run(
	operation: string,
	{ url, requestOptions, settings, credential }: Connection,
	more = {},
) {
	const outcome = await runNode({
		simulator: { url, token: simulator.token },
		credential,
		parameters: {
			operation,
			...(operation === 'create' && ORDER_PARAMETERS),
			requestOptions: { timeout: 1000, ...requestOptions },
			...more,
		},
		settings: { onError: 'continueRegularOutput', ...settings },
	});
	const [{ json }] = outcome.items;
	return { json, error: json.error as unknown as ErrorJson, requests: kinds() };
}

const kinds = () => simulator.log.map(({ kind }) => kind);

/** What a server does with a connection, once it has the first bytes of it. */
const HANGS_UP: Record<string, (socket: Socket) => void> = {
	'hangs up': (socket) => socket.destroy(),
	'ends it': (socket) => socket.end(),
	'resets it': (socket) => socket.resetAndDestroy(),
	'keeps silent': () => undefined,
	'answers in plain text': (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
	'speaks something else': (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
};

const atFirstBytes = (act: (socket: Socket) => void) =>
	createTcp((socket) => socket.once('data', () => act(socket)));

/** A proxy that does `act` with each CONNECT, and knows how often it was asked. */
function proxy(act: (socket: Socket) => void) {
	const server = createHttp((_, response) => response.writeHead(500).end());
	server.on('connect', (_, socket: Socket) => act(socket));
	return server;
}

const answering =
	(status: string, body = '<html>') =>
	(socket: Socket) =>
		socket.end(
			`HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
		);
const connected = (act: (socket: Socket) => void) => (socket: Socket) => {
	socket.write('HTTP/1.1 200 OK\r\n\r\n');
	socket.once('data', () => act(socket));
};
const through = (port: number) => (socket: Socket) => {
	const server = connect(port, '127.0.0.1').on('error', () => undefined);
	socket.on('error', () => undefined).write('HTTP/1.1 200 OK\r\n\r\n');
	socket.pipe(server).pipe(socket);
};
/** Before 2.34, n8n's errors lose the connection. */
const hidesConnection = isBefore('2.34');
/** These n8n also want a trusted certificate behind a proxy, whatever the settings are. */
const testBehindProxy = hidesConnection ? test.skip : test;

const proxied = async (act: (socket: Socket) => void, port = secure) => ({
	url: `https://localhost:${port}`,
	requestOptions: { ...INSECURE, proxy: `http://127.0.0.1:${await listen(proxy(act))}` },
});

describe('a submit whose connection never came about', () => {
	const NEVER = /so nothing was bought|did not connect to RunComfy|asks for a user name/;
	const never = (
		name: string,
		connection: () => Promise<Connection>,
		{ says = NEVER, bySocket = false }: { says?: RegExp; bySocket?: boolean } = {},
	) => {
		test.concurrent(`${name}: nothing was bought, and nothing was sent`, async () => {
			const { error, requests } = await run('create', await connection());
			expect(requests).toStrictEqual([]);
			// What has no words of its own stays unknown there.
			if (hidesConnection && bySocket) return expect(error.submitted).not.toBe('yes');
			expect([error.message, error.submitted]).toStrictEqual([error.message, 'no']);
			expect(error.message).toMatch(says);
		});
	};

	for (const [name, act] of Object.entries(HANGS_UP)) {
		const bySocket = ['resets it', 'keeps silent'].includes(name);
		never(
			`a server that ${name} before it is secure`,
			async () => ({ url: `https://localhost:${await listen(atFirstBytes(act))}` }),
			{ bySocket },
		);
		never(`a proxy that ${name}`, () => proxied(act), {
			bySocket: bySocket || !['hangs up', 'ends it'].includes(name),
		});
		never(
			`behind a proxy, a server that ${name} before it is secure`,
			() => proxied(connected(act)),
			{ bySocket },
		);
	}
	never('a server that hangs up at once', async () => ({
		url: `https://localhost:${await listen(createTcp((socket) => socket.destroy()))}`,
	}));
	never(
		'a server without TLS',
		async () => ({ url: simulator.url.replace('http://127.0.0.1', 'https://localhost') }),
		{ says: /does not speak HTTPS, so nothing was bought\. Check 'Base URL' of the credential/ },
	);
	never(
		'a server of another TLS',
		async () => {
			const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;
			const port = await listen(createTls({ ...certificate, ...old }));
			return { url: `https://localhost:${port}`, requestOptions: INSECURE };
		},
		{ bySocket: true },
	);
	never('a certificate that nobody trusts', async () => ({ url: `https://localhost:${secure}` }), {
		says: /does not trust the certificate.*so nothing was bought.*NODE_EXTRA_CA_CERTS.*'Ignore SSL Issues \(Insecure\)' under 'Request Options'/,
	});
	for (const status of [
		'400 Bad Request',
		'403 Forbidden',
		'502 Bad Gateway',
		'503 No',
		'504 Late',
	])
		never(`a proxy that answers ${status}`, () => proxied(answering(status)), {
			says: new RegExp(
				`^The proxy .* HTTP status ${status.slice(0, 3)} and did not connect to RunComfy, so nothing was bought`,
			),
			bySocket: true,
		});
	never(
		'a proxy that wants a password',
		() => proxied(answering('407 Proxy Authentication Required')),
		{
			says: /asks for a user name and a password\. Write them into 'Proxy' under 'Request Options'/,
		},
	);
	never(
		'a proxy that is not there',
		async () => {
			const closed = createTcp();
			const port = await listen(closed);
			await new Promise((resolve) => closed.close(resolve));
			return {
				url: `https://localhost:${secure}`,
				requestOptions: { ...INSECURE, proxy: `http://127.0.0.1:${port}` },
			};
		},
		{ says: /could not be reached, so nothing was bought/ },
	);
	never(
		'a proxy whose name nobody knows',
		async () => ({
			url: `https://localhost:${secure}`,
			requestOptions: { ...INSECURE, proxy: 'http://nowhere.invalid:8080' },
		}),
		{
			says: /name of the server was not found, so nothing was bought.*set HTTPS_PROXY.*'Proxy' under 'Request Options'/,
		},
	);
});

describe('a submit whose connection came about', () => {
	beforeEach(() => simulator.reset());

	testBehindProxy('is sent through a proxy, and bought', async () => {
		const { json, requests } = await run('create', await proxied(through(secure)));
		expect(json.request_id).toBe([...simulator.jobs.keys()][0]);
		expect(requests).toStrictEqual(['submit']);
	});

	testBehindProxy('a refusal of RunComfy comes through whole', async () => {
		simulator.addFaults({ on: 'submit', error: 400002, headers: { 'retry-after': '7' } });
		const { error, requests } = await run('create', await proxied(through(secure)));
		expect(error.message).toMatch(/balance is too low.*RunComfy's words: InsufficientResources/);
		expect([error.submitted, error.error_code, error.http_status]).toStrictEqual([
			'no',
			400002,
			402,
		]);
		expect(requests).toStrictEqual(['submit']);
	});

	for (const html of [true, false])
		for (const status of [400, 500, 502, 503, 504])
			testBehindProxy(
				`an answer of ${status} behind a proxy, ${html ? 'a page' : 'JSON'}, is RunComfy's`,
				async () => {
					simulator.addFaults({ on: 'submit', status, html, after: true });
					const { error, requests } = await run('create', await proxied(through(secure)));
					expect(error.submitted).toBe(status === 400 && !html ? 'no' : 'unknown');
					expect(error.http_status).toBe(status);
					expect(requests).toStrictEqual(['submit']);
				},
			);

	for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
		test.each(Object.entries(HANGS_UP))(
			`${version}: after the request, a server that %s may have bought it`,
			async (_name, act) => {
				let raw: Socket | undefined;
				// What comes in is only known behind TLS, and what goes out is to be in front of it.
				const server = createTls({ ...certificate, maxVersion: version }, (socket) => {
					socket.on('error', () => undefined).once('data', () => act(raw!));
				});
				const behind = await listen(server);
				const front = await listen(
					createTcp((socket) => {
						raw = socket;
						const inner = connect(behind, '127.0.0.1').on('error', () => undefined);
						socket.pipe(inner).pipe(socket);
					}),
				);
				const url = `https://localhost:${front}`;
				const { error } = await run('create', { url, requestOptions: INSECURE });
				expect([error.message, error.submitted]).toStrictEqual([error.message, 'unknown']);
			},
		);
});

// A connection that was kept alive may end at the moment in which a submit goes: then nobody could tell whether
// it was bought.
describe('every request has a connection of its own', () => {
	const WAYS: Record<string, () => Promise<Connection>> = {
		directly: async () => ({ url: `https://localhost:${secure}`, requestOptions: INSECURE }),
		'through a proxy': async () => await proxied(through(secure)),
	};
	for (const [way, connection] of Object.entries(WAYS)) {
		(way === 'directly' ? test : testBehindProxy)(way, async () => {
			used.length = 0;
			const { url, requestOptions } = await connection();
			const parameters = { operation: 'generate', ...ORDER_PARAMETERS, requestOptions };
			for (let run = 0; run < 2; run++) {
				await runNode({ simulator: { url, token: simulator.token }, parameters });
			}
			expect(used.length).toBeGreaterThanOrEqual(6);
			expect(new Set(used).size).toBe(used.length);
		});
	}
});

describe('a retry', () => {
	beforeEach(() => simulator.reset());

	testBehindProxy('may send again what a proxy did not let through', async () => {
		let asked = 0;
		const connection = await proxied((socket) =>
			(asked++ ? through(secure) : answering('502 Bad Gateway'))(socket),
		);
		const { json, requests } = await run('create', { ...connection, settings: RETRY });
		expect([json.request_id, asked]).toStrictEqual([[...simulator.jobs.keys()][0], 2]);
		expect(requests).toStrictEqual(['submit']);
	});
});

describe('a read', () => {
	beforeEach(() => simulator.reset());

	test.each(['waitForCompletion', 'getStatus'])(
		'%s: a certificate that nobody trusts ends it after five tries',
		async (operation) => {
			const requestId = await buy(simulator);
			simulator.log.length = 0;
			let tries = 0;
			const port = await listen(createHttps(certificate).on('connection', () => tries++));
			const url = `https://localhost:${port}`;
			const { error, requests } = await run(operation, { url }, { requestId });
			expect(error.message).toMatch(/does not trust the certificate.*NODE_EXTRA_CA_CERTS/);
			expect(error.message).toMatch(/Nothing is lost.*self-signed certificate/);
			expect([error.request_id, error.submitted]).toStrictEqual([requestId, 'yes']);
			expect([requests, tries]).toStrictEqual([[], 5]);
		},
	);

	test('a server without TLS ends it too', async () => {
		const url = simulator.url.replace('http://127.0.0.1', 'https://localhost');
		const { error } = await run('getStatus', { url }, { requestId: 'a' });
		expect(error.message).toMatch(/does not speak HTTPS/);
	});

	test('a proxy that wants a password is told as such', async () => {
		const connection = await proxied(answering('407 Proxy Authentication Required'));
		const { error } = await run('getStatus', connection, { requestId: 'a' });
		expect(error.message).toMatch(/^The proxy that n8n goes through asks for a user name/);
		expect(error.http_status).toBe(407);
	});

	testBehindProxy('a proxy that lets it through later is waited for', async () => {
		let asked = 0;
		const requestId = await buy(simulator);
		const connection = await proxied((socket) =>
			(asked++ > 2 ? through(secure) : answering('503 No'))(socket),
		);
		const { json } = await run('getStatus', connection, { requestId });
		expect([json.status, asked]).toStrictEqual(['completed', 4]);
	});
});

// n8n means these limits for its HTTP Request node, and lets a node reach the address it was made for.
describe("a credential that is limited to other domains reaches the one in its 'Base URL'", () => {
	beforeEach(() => simulator.reset());

	for (const [allowedHttpRequestDomains, allowedDomains] of [
		['domains', 'example.com'],
		['domains', ''],
		['none', ''],
	]) {
		// Before 2.36, n8n refuses a credential without any domain to all nodes.
		const skip = !allowedDomains && isBefore('2.36');
		(skip ? test.skip : test)(`${allowedHttpRequestDomains} '${allowedDomains}'`, async () => {
			const credential = { allowedHttpRequestDomains, allowedDomains };
			const { json, requests } = await run('create', { url: simulator.url, credential });
			expect(json.request_id).toBe([...simulator.jobs.keys()][0]);
			expect(requests).toStrictEqual(['submit']);
		});
	}
});
