import { media } from '../fixtures/media.mts';
import { signedByAuthority } from '../support/certificates.mts';
import { startLinkHost, type LinkHost } from '../support/linkHost.mts';
import { startSession, type Session } from '../support/n8n/session.mts';
import { manualTrigger, runComfy, workflow } from '../support/n8n/workflow.mts';
import { startProxy, type Proxy } from '../support/proxy.mts';

let host: LinkHost;
let proxy: Proxy;
let session: Session;

beforeAll(async () => {
	const { authority, tls } = await signedByAuthority();
	host = await startLinkHost((_, response) => {
		response.writeHead(200, { 'content-type': 'image/jpeg' }).end(media('photo.jpg'));
	}, tls);
	proxy = await startProxy();
	session = await startSession({}, { env: { NODE_EXTRA_CA_CERTS: authority } });
});

beforeEach(() => {
	host.log.length = 0;
	session.simulator.reset();
});

afterAll(async () => {
	await session?.end();
	await proxy?.close();
	await host?.close();
});

/** Makes a clip of a photo behind a link, and returns its warnings. */
async function generate(requestOptions = {}): Promise<string[]> {
	const { n8n, simulator, credential } = session;
	const url = `${host.url}/person.jpg`;
	const parameters = {
		prompt: 'Figure 1 waves',
		referenceImages: { image: [{ source: 'url', url }] },
		options: {},
		requestOptions,
	};
	const chain = [manualTrigger, runComfy('generate', credential, { parameters })];
	const { status, outputs } = await n8n.run(await n8n.addWorkflow(workflow('links', chain)));
	expect(status).toBe('success');
	const [job] = simulator.jobs.values();
	expect(job.body.images).toStrictEqual([url]);
	const [{ json, binary }] = outputs.RunComfy[0];
	expect(json.request_id).toBe(job.requestId);
	expect(binary?.data.mimeType).toBe('video/mp4');
	expect(session.submits()).toBe(1);
	return json.warnings ?? [];
}

const looks = () => host.log.map(({ path, headers }) => [path, headers.authorization]);
const ONE_LOOK = [['/person.jpg', undefined]];

test('a link over TLS is looked at', async () => {
	expect(await generate()).toStrictEqual([]);
	expect(looks()).toStrictEqual(ONE_LOOK);
});

test("through the node's own proxy", async () => {
	expect(await generate({ proxy: proxy.url })).toStrictEqual([]);
	expect(looks()).toStrictEqual(ONE_LOOK);
	expect(proxy.tunnels).toStrictEqual([new URL(host.url).host]);
});

test('where n8n does not know who signed the certificate, the clip is made with a warning', async () => {
	await session.n8n.terminate();
	await session.n8n.restart({ NODE_EXTRA_CA_CERTS: '' });
	const [warning, ...more] = await generate();
	expect(warning).toMatch(
		/^'URL': 'https:\/\/127\.0\.0\.1:\d+\/person\.jpg' could not be looked at from n8n: .*certificate.*\. RunComfy may still reach it\.$/,
	);
	expect(more).toStrictEqual([]);
	expect(looks()).toStrictEqual([]);
});

test('unless the node is to ignore that', async () => {
	expect(await generate({ allowUnauthorizedCerts: true })).toStrictEqual([]);
	expect(looks()).toStrictEqual(ONE_LOOK);
});
