import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { fileChunks } from '../../simulator/files.mts';
import { padded } from '../fixtures/media.mts';
import { buy } from '../support/buy.mts';
import { signedByAuthority } from '../support/certificates.mts';
import type { Execution } from '../support/n8n/server.mts';
import { startSession, type Session } from '../support/n8n/session.mts';
import { manualTrigger, runComfy, workflow } from '../support/n8n/workflow.mts';
import type { Credential, Node } from '../support/n8n/workflow.mts';
import { startProxy, type Proxy } from '../support/proxy.mts';
import { sha256 } from '../support/sha256.mts';
import { startTlsFront, type TlsFront } from '../support/tlsFront.mts';

/** RunComfy's addresses: of the API, and where it keeps finished files. */
const API_HOST = 'model-api.runcomfy.net';
const FILE_HOST = 'playgrounds-storage-public.runcomfy.net';
export const [API, FILES] = [`${API_HOST}:443`, `${FILE_HOST}:443`];

/**
 * Users and passwords that the proxy knows, with characters that a URL has to escape: one for HTTPS_PROXY, one
 * for 'Proxy' under 'Request Options', where n8n (2.41.1) takes no colon and no % in a password.
 */
const LOGINS = [
	['n8n@office', 'p:ss w%rd'],
	['n8n@option', 'pass/w rd@'],
];

/** How n8n comes to RunComfy: through its proxy, or straight to a server that it trusts or doesn't. */
export type Way = 'proxy' | 'trusted' | 'untrusted';

/** A reference video on disk. */
export interface Clip {
	path: string;
	sha256: string;
}

/**
 * A real n8n that has `HTTPS_PROXY` and `NODE_EXTRA_CA_CERTS`, and the simulator behind TLS: by RunComfy's own
 * names where the proxy leads, and at two ports of this machine, one with a certificate of an authority that n8n
 * knows, the other of one that it doesn't.
 */
export interface Networks extends Session {
	proxy: Proxy;
	/** Its URL with user and password, for 'Proxy' under 'Request Options'. */
	proxyOption: string;
	fronts: Record<'trusted' | 'untrusted', TlsFront>;
	credentials: Record<Way, Credential>;
	/** Where n8n keeps the files of executions. */
	storage: string;
	/** As large as the benchmark's: just under RunComfy's limit of 32 MiB. */
	clips: Clip[];
	/** Forgets what was asked for, and has the proxy behave. */
	reset(): void;
	/** Has all clips that are bought from now on be one file of so many bytes, and returns its SHA-256. */
	planFile(way: Way, bytes: number): Promise<string>;
	/** Runs the node after a manual trigger, and the nodes between. */
	run(way: Way, operation: string, settings: Partial<Node>, more?: RunOptions): Promise<Execution>;
}

interface RunOptions {
	items?: object[];
	before?: Node[];
}

export async function startNetworks(): Promise<Networks> {
	const folder = await temporaryFolder('n8n-nodes-runcomfy-networks');
	const clips = await Promise.all([1, 2, 3].map(async (n) => await clipOnDisk(folder, n)));
	const known = await signedByAuthority(API_HOST, FILE_HOST);
	const unknown = await signedByAuthority();
	const proxy = await startProxy();
	const [proxyUrl, proxyOption] = LOGINS.map((login) => {
		const [user, password] = login.map(encodeURIComponent);
		return proxy.url.replace('//', `//${user}:${password}@`);
	});
	const storage = join(folder, 'storage');
	const env = {
		HTTPS_PROXY: proxyUrl,
		NODE_EXTRA_CA_CERTS: known.authority,
		N8N_BINARY_DATA_STORAGE_PATH: storage,
	};
	const session = await startSession({ queueMs: 0, runMs: 0 }, { files: [folder], env });
	const { n8n, simulator } = session;
	const fronts = {
		trusted: await startTlsFront(known.tls, simulator.url),
		untrusted: await startTlsFront(unknown.tls, simulator.url),
	};
	const behind = `127.0.0.1:${fronts.trusted.port}`;
	const standIns = { [API]: behind, [FILES]: behind };
	const bases: Record<Way, string> = {
		proxy: `https://${API_HOST}`,
		trusted: `https://127.0.0.1:${fronts.trusted.port}`,
		untrusted: `https://127.0.0.1:${fronts.untrusted.port}`,
	};
	const credentials = {} as Record<Way, Credential>;
	for (const [way, baseUrl] of Object.entries(bases)) {
		const data = { apiToken: simulator.token, baseUrl };
		credentials[way as Way] = await n8n.addCredential(way, data);
	}

	const reset = () => {
		simulator.reset();
		proxy.tunnels.length = 0;
		proxy.rules = { standIns, refuse: ({ headers }) => unlessLoggedIn(headers) };
		for (const front of Object.values(fronts)) {
			front.connections = 0;
			front.onConnection = undefined;
		}
	};
	const planFile = async (way: Way, fileBytes: number) => {
		simulator.planJobs({ fileBytes });
		const id = await buy(simulator);
		const base = way === 'proxy' ? `https://${FILE_HOST}` : bases[way];
		simulator.planJobs({ videoUrl: `${base}/files/${id}.mp4`, times: -1 });
		simulator.log.length = 0;
		const hash = createHash('sha256');
		for (const chunk of fileChunks(fileBytes, 0, fileBytes)) hash.update(chunk);
		return hash.digest('hex');
	};
	const run: Networks['run'] = async (way, operation, settings, { items, before = [] } = {}) => {
		const node = runComfy(operation, credentials[way], settings);
		const chain = [manualTrigger, ...before, node];
		return await n8n.run(await n8n.addWorkflow(workflow(operation, chain, { items })));
	};
	const end = async () => {
		await session.end();
		for (const { close } of [proxy, ...Object.values(fronts)]) await close();
	};
	reset();
	return {
		...session,
		proxy,
		proxyOption,
		fronts,
		credentials,
		storage,
		clips,
		reset,
		planFile,
		run,
		end,
	};
}

const CLIP_BYTES = 30_000_000;

/** A real head and any bytes behind it; no two clips are the same. */
async function clipOnDisk(folder: string, n: number): Promise<Clip> {
	const bytes = padded('clip.mp4', CLIP_BYTES);
	bytes.writeUInt32BE(n, CLIP_BYTES - 4);
	const path = join(folder, `clip-${n}.mp4`);
	await writeFile(path, bytes);
	return { path, sha256: sha256(bytes) };
}

/** What a proxy answers to whom it does not know. */
function unlessLoggedIn(headers: IncomingHttpHeaders): string | undefined {
	const [scheme, login = ''] = (headers['proxy-authorization'] ?? '').split(' ');
	const known = LOGINS.map((own) => own.join(':'));
	if (scheme === 'Basic' && known.includes(Buffer.from(login, 'base64').toString())) return;
	return refusal('407 Proxy Authentication Required', 'proxy-authenticate: Basic realm="office"');
}

/** A page of a proxy. */
export function refusal(status: string, ...headers: string[]): string {
	const page = '<html>no</html>';
	const all = ['content-type: text/html', `content-length: ${page.length}`, ...headers];
	return [`HTTP/1.1 ${status}`, ...all, '', page].join('\r\n');
}
