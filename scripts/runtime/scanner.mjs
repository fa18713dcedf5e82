import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheDir, cachedFolder } from './cache.mjs';
import { npm } from './npm.mjs';

const VERSION = '0.32.0';

/**
 * The scanner that n8n runs on packages to be verified. It lives in a folder of its own, since npm
 * cannot resolve it together with n8n's command line tool.
 */
export async function loadScanner() {
	const folder = await cachedFolder(`scan-community-package-${VERSION}`, async (cwd) => {
		await writeFile(join(cwd, 'package.json'), JSON.stringify({ private: true }));
		await npm(['install', `@n8n/scan-community-package@${VERSION}`, '--ignore-scripts'], {
			cwd,
			log: join(cacheDir(), `scan-community-package-${VERSION}.log`),
			title: "installing n8n's package scanner",
		});
	});
	const entry = join(folder, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs');
	return await import(pathToFileURL(entry).href);
}
