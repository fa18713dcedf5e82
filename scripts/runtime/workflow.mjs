import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, cachedFolder } from './cache.mjs';
import { npm } from './npm.mjs';

/** A node_modules folder with only the part of an n8n that nodes import: some MB instead of 3 GB. */
export async function ensureN8nWorkflow(version) {
	const folder = await cachedFolder(`n8n-workflow-${version}`, async (cwd) => {
		await writeFile(join(cwd, 'package.json'), JSON.stringify({ private: true }));
		await npm(['install', `n8n-workflow@${version}`, '--ignore-scripts'], {
			cwd,
			log: join(cacheDir(), `n8n-workflow-${version}.log`),
			title: `installing n8n-workflow ${version}`,
		});
	});
	return join(folder, 'node_modules');
}
