import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir, cachedFolder } from './cache.mjs';
import { npm } from './npm.mjs';
import { run } from './process.mjs';

export const projectDir = fileURLToPath(new URL('../..', import.meta.url));

export const NODE_VERSION = '24.21.0';

const changedAt = (file) => statSync(join(projectDir, file), { throwIfNoEntry: false })?.mtimeMs;

/** The project's own dependencies, installed when there are none or the lock file is newer. */
export async function ensureDependencies() {
	// npm writes this file last: it is missing after an interrupted install.
	const installed = changedAt('node_modules/.package-lock.json') ?? 0;
	if (installed >= changedAt('package-lock.json')) return;
	await run('npm', ['ci', '--include=dev'], { cwd: projectDir, stdio: 'inherit' });
}

/** The path of a Node 24, which n8n needs: this one, or one that npm brings. */
export async function ensureNode() {
	if (process.versions.node.startsWith('24.')) return process.execPath;
	return join(await nodeFromNpm(), 'bin', 'node');
}

/** A folder with bin/node and the headers that native modules are compiled with. */
export async function nodeFromNpm() {
	// What the package "node" would fetch in an install script, and npm may be told to run none.
	const prefix = `${process.platform}-${process.arch}` === 'darwin-arm64' ? 'node-bin' : 'node';
	const name = `${prefix}-${process.platform}-${process.arch}`;
	const folder = await cachedFolder(`${name}-${NODE_VERSION}`, async (cwd) => {
		await writeFile(join(cwd, 'package.json'), JSON.stringify({ private: true }));
		const log = join(cacheDir(), `node-${NODE_VERSION}.log`);
		const title = `installing Node ${NODE_VERSION}`;
		await npm(['install', `${name}@${NODE_VERSION}`], { cwd, log, title });
	});
	return join(folder, 'node_modules', name);
}
