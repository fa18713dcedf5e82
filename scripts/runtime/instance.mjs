import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoAtEnd } from './cleanup.mjs';
import { ensureN8n, N8N_VERSION } from './n8n.mjs';
import { ensureNode } from './node.mjs';
import { cleanEnv, freePort, run } from './process.mjs';

/** A temporary folder that is removed at the end. */
export async function temporaryFolder(name) {
	const folder = await mkdtemp(join(await realpath(tmpdir()), `${name}-`));
	undoAtEnd(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** An n8n with a home of its own, in which the packed node, if any, is installed as a community package. */
export async function createInstance({ version = N8N_VERSION, tarball, files }) {
	const n8n = await ensureN8n(version);
	const home = await temporaryFolder('n8n-home');
	if (tarball) await unpack(tarball, await packageFolder(home));
	const port = await freePort();
	return {
		home,
		url: `http://127.0.0.1:${port}`,
		node: await ensureNode(),
		entry: join(n8n, 'node_modules', 'n8n', 'bin', 'n8n'),
		env: n8nEnv({ n8n, home, port, brokerPort: await freePort(), files }),
	};
}

/** Where n8n puts the package when a user installs it as a community package. */
export async function packageFolder(home) {
	const folder = join(home, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-runcomfy');
	await mkdir(folder, { recursive: true });
	return folder;
}

const unpack = (tarball, folder) =>
	run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);

/** Modules that n8n spends a tenth of its start on (2.41.1, by its CPU profile), and nothing here uses. */
const UNUSED = ['agents', 'agent-evals', 'chat-hub', 'instance-ai', 'mcp', 'mcp-registry', 'otel'];

/** n8n refuses to start with a name that it does not know, and older ones do not have all. */
const disabledModules = (n8n) =>
	UNUSED.filter((module) => existsSync(join(n8n, 'node_modules/n8n/dist/modules', module)));

/** Everything n8n reads from its environment: nothing inherited, on loopback, no look at the internet. */
export function n8nEnv({ n8n, home, port, brokerPort, files }) {
	return cleanEnv({
		DB_TYPE: 'sqlite',
		EXECUTIONS_MODE: 'regular',
		N8N_USER_FOLDER: home,
		TMPDIR: home,
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		N8N_RESTRICT_FILE_ACCESS_TO: files.join(';'),
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		// `n8n execute` prints its result only at this level.
		N8N_LOG_LEVEL: 'info',

		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		NO_PROXY: '127.0.0.1,localhost',

		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_COMMUNITY_PACKAGES_ENABLED: 'false',
		N8N_DISABLED_MODULES: disabledModules(n8n).join(','),
	});
}
