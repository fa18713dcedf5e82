import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheDir, cachedFolder } from './cache.mjs';
import { nodeFromNpm } from './node.mjs';
import { npm } from './npm.mjs';
import { run } from './process.mjs';

/** The n8n that everything runs on, unless a test run asks for another one; n8n-core has the same version. */
export const DEFAULT_N8N_VERSION = '2.41.1';
export const N8N_VERSION = process.env.RUNCOMFY_TEST_N8N_VERSION || DEFAULT_N8N_VERSION;

/** Whether that n8n is older than this version. */
export const isBefore = (version) =>
	N8N_VERSION.localeCompare(version, 'en', { numeric: true }) < 0;

// Newer releases of linkedom do not load in n8n; older n8n name an xlsx that is not on the npm registry.
const OVERRIDES = { linkedom: '0.18.12', xlsx: '0.18.5' };

// Older n8n have no isolated-vm.
const NATIVE_MODULES = ['sqlite3', 'isolated-vm'];

/** A folder with n8n in its node_modules, installed once: it takes minutes and about 3 GB. */
export async function ensureN8n(version = N8N_VERSION) {
	return await cachedFolder(`n8n-${version}`, async (cwd) => {
		const node = await nodeFromNpm();
		const env = {
			PATH: [join(node, 'bin'), process.env.PATH].join(delimiter),
			npm_config_nodedir: node,
		};
		const log = join(cacheDir(), `n8n-${version}.log`);
		const options = { cwd, env, log };
		console.log(`   n8n ${version} is not in ${cacheDir()} yet: this takes some minutes, once`);

		const allowScripts = Object.fromEntries(NATIVE_MODULES.map((name) => [name, true]));
		const manifest = { private: true, overrides: OVERRIDES, allowScripts };
		await writeFile(join(cwd, 'package.json'), JSON.stringify(manifest));
		await npm(['install', `n8n@${version}`, '--ignore-scripts'], {
			...options,
			title: `installing n8n ${version}`,
		});
		// Only these need their install scripts, and only they get them run.
		await npm(['rebuild', ...NATIVE_MODULES, '--ignore-scripts=false'], {
			...options,
			title: `building ${NATIVE_MODULES.join(' and ')}`,
		});
		const modules = NATIVE_MODULES.map((name) => join(cwd, 'node_modules', name)).filter(
			existsSync,
		);
		const load = `${JSON.stringify(modules)}.forEach((path) => require(path))`;
		await run(join(node, 'bin', 'node'), ['-e', load]).catch(() => {
			throw new Error(`${NATIVE_MODULES.join(' or ')} does not load; npm's log is ${log}.`);
		});
	});
}
