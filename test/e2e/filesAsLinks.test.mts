import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { N8N_VERSION } from '../../scripts/runtime/n8n.mjs';
import { signedByAuthority } from '../support/certificates.mts';
import { startSession, type Session } from '../support/n8n/session.mts';
import type { Execution } from '../support/n8n/server.mts';
import { manualTrigger, webhook, workflow } from '../support/n8n/workflow.mts';
import { startReverseProxy, type ReverseProxy } from '../support/reverseProxy.mts';
import { until } from '../support/until.mts';
import { assertLinked, orderOf, writePhotos, type Size } from './photos.mts';

let proxy: ReverseProxy;
let session: Session;
let folder: string;

beforeAll(async () => {
	const { authority, tls } = await signedByAuthority();
	// For the simulator, which runs in this process.
	setDefaultCACertificates([...getCACertificates(), readFileSync(authority, 'utf8')]);
	proxy = await startReverseProxy(tls);
	folder = await temporaryFolder('n8n-nodes-runcomfy-photos');
	writePhotos(folder);
	const env = { NODE_EXTRA_CA_CERTS: authority, WEBHOOK_URL: proxy.webhookUrl };
	session = await startSession({ fetchLinks: true }, { files: [folder], env });
	proxy.target = session.n8n.url;
});

beforeEach(() => {
	proxy.log.length = 0;
	proxy.instead = undefined;
	session.simulator.reset();
});

afterAll(async () => {
	await session?.end();
	await proxy?.close();
});

async function run(size: Size, options = {}): Promise<Execution> {
	const { n8n, credential } = session;
	const order = orderOf('generate', { folder, size, credential, options });
	return await n8n.run(await n8n.addWorkflow(workflow('links', [manualTrigger, ...order])));
}

/** What the proxy was asked for: the look, and what RunComfy fetched. */
const asked = () => proxy.log.map(({ method, path = '' }) => [method, path.split('?')[0]]);
const SIGNED = '/n8n/rest/binary-data/signed';
const ONCE = [
	['HEAD', SIGNED],
	['GET', SIGNED],
];

const isDone = async () =>
	await until('all files are fetched', () =>
		[...session.simulator.jobs.values()].every(({ isFetching }) => !isFetching),
	);

// n8n 1 does not keep files in its database.
describe.each(N8N_VERSION.startsWith('1.') ? ['filesystem'] : ['filesystem', 'database'])(
	'an n8n behind a proxy with https and a path of its own, files in %s mode',
	(mode) => {
		beforeAll(async () => {
			if (mode === 'filesystem') return;
			await session.n8n.terminate();
			await session.n8n.restart({ N8N_DEFAULT_BINARY_DATA_MODE: mode });
		});

		test('gives out what is too large for a request', async () => {
			await assertLinked(session, await run('large'), 'large');
			expect(asked()).toStrictEqual(ONCE);
			expect(session.submits()).toBe(1);
		});

		test('sends what fits as data', async () => {
			const { outputs } = await run('small');
			expect(outputs.RunComfy[0][0].json.references[0].sent).toBe('data');
			expect(asked()).toStrictEqual([]);
		});

		test('gives it out as well when RunComfy takes no data', async () => {
			session.simulator.addFaults({ on: 'submit', refuse: 'data', times: -1 });
			await assertLinked(session, await run('small'), 'small');
			expect(asked()).toStrictEqual(ONCE);
			expect(session.submits()).toBe(2);
		});
	},
);

describe('an n8n whose files nobody can reach says so before anything is bought', () => {
	const page = '<!doctype html><title>Sign in</title>';
	const cases: Array<[string, ReverseProxy['instead'], RegExp]> = [
		[
			'a proxy that passes /webhook/ only',
			(path) =>
				path.startsWith('/webhook/')
					? undefined
					: (_, response) => response.writeHead(404).end('Not found'),
			/HTTP status 404\. Have the proxy pass that path on to n8n as it does \/webhook\//,
		],
		[
			'a login in front',
			(path) =>
				path === '/login'
					? (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page)
					: (_, response) => response.writeHead(302, { location: '/n8n/login' }).end(),
			/a web page comes from .* without a login/,
		],
		[
			'a proxy that does not find n8n',
			() => (_, response) => response.writeHead(502).end(),
			/HTTP status 502/,
		],
	];
	test.each(cases)('%s', async (_title, instead, message) => {
		proxy.instead = instead;
		const { status, error } = await run('large');
		expect(status).toBe('error');
		expect(error!.message).toMatch(
			/is 9 MiB; the limit is 6 MiB, and n8n can't give RunComfy a link/,
		);
		expect(error!.message).toMatch(message);
		expect(session.submits()).toBe(0);
	});

	test('an n8n that keeps files in memory', async () => {
		await session.n8n.terminate();
		await session.n8n.restart({ N8N_DEFAULT_BINARY_DATA_MODE: 'default' });
		const { error } = await run('large');
		expect(error!.message).toMatch(/n8n keeps all files in memory/);
		expect([session.submits(), asked()]).toStrictEqual([0, []]);
	});
});

test('the files of an execution that is not saved are gone when it has ended, as Create warns', async () => {
	const { n8n, simulator, credential } = session;
	await n8n.terminate();
	// With pruning, they go some minutes later.
	await n8n.restart({
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		EXECUTIONS_DATA_PRUNE: 'false',
	});
	simulator.planJobs({ runMs: 3_600_000, fetchMs: 4_000 });
	const order = orderOf('create', {
		folder,
		size: 'small',
		credential,
		options: { sendFilesAs: 'link' },
	});
	const trigger = webhook('unsaved', { responseMode: 'lastNode' });
	const settings = { saveDataSuccessExecution: 'none' };
	await n8n.publish(await n8n.addWorkflow(workflow('unsaved', [trigger, ...order], { settings })));
	const [warning] = ((await (await n8n.call('unsaved')).json()) as { warnings: string[] }).warnings;
	expect(warning).toMatch(/have n8n delete them soon after the execution ends/);
	await isDone();
	const [job] = simulator.jobs.values();
	expect(String(job.plan.jobError)).toMatch(/HTTP status 404$/);
});
