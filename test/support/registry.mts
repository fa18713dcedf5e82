import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { projectDir } from '../../scripts/runtime/node.mjs';
import { signedByAuthority } from './certificates.mts';
import { listen } from './listen.mts';
import { startProxy } from './proxy.mts';

const HOST = 'registry.npmjs.org';
/** Where n8n asks whether a package is banned; it goes on without an answer. */
const STATUS_HOST = 'api.n8n.io';

/** A stand-in for the npm registry that has this package and no other. */
export interface Registry {
	/** What makes npm and n8n take it for the real one. */
	env: Record<string, string>;
	/** The paths that were asked for, in order. */
	asked: string[];
	/** Where it has the packed package, as a path of its own and on this machine. */
	file: string;
	tarball: string;
	close(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
	const { authority, tls } = await signedByAuthority(HOST, STATUS_HOST);
	const manifest = JSON.parse(await readFile(join(projectDir, 'package.json'), 'utf8'));
	const { name, version } = manifest;
	const asked: string[] = [];
	const server = createServer(tls, async (request, response) => {
		const path = request.url ?? '';
		if (request.headers.host !== HOST) return response.writeHead(503).end();
		asked.push(path);
		const answer = await answerTo(path, manifest, registry);
		if (answer === undefined) return response.writeHead(404).end('{}');
		response.end(answer);
	});
	const { port, close } = await listen(server);
	const here = `127.0.0.1:${port}`;
	const proxy = await startProxy({
		standIns: { [`${HOST}:443`]: here, [`${STATUS_HOST}:443`]: here },
	});
	const env = {
		HTTPS_PROXY: proxy.url,
		NODE_EXTRA_CA_CERTS: authority,
		npm_config_registry: `https://${HOST}/`,
		// Where it is set for the real one, npm knows no other authority.
		npm_config_cafile: authority,
	};
	const registry: Registry = {
		env,
		asked,
		file: `/${name}/-/${name}-${version}.tgz`,
		tarball: '',
		close: async () => {
			await proxy.close();
			await close();
		},
	};
	return registry;
}

/** What npm knows of this package: all of it, its latest version, and the tarball. */
async function answerTo(
	path: string,
	manifest: { name: string; version: string },
	{ file, tarball }: Registry,
): Promise<string | Buffer | undefined> {
	const { name, version } = manifest;
	const packed = await readFile(tarball);
	const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
	const latest = { ...manifest, dist: { tarball: `https://${HOST}${file}`, integrity } };
	const all = { name, 'dist-tags': { latest: version }, versions: { [version]: latest } };
	if (path === file) return packed;
	if (path === `/${name}`) return JSON.stringify(all);
	return path === `/${name}/latest` ? JSON.stringify(latest) : undefined;
}
