import { existsSync } from 'node:fs';
import { run } from './process.mjs';

const PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium for browser tests; on Debian and as root, it is installed when missing. */
export async function ensureChromium() {
	const found = PLACES.find((path) => existsSync(path));
	if (found) return found;
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		throw new Error('The browser tests need Chromium: install it and run this again.');
	}
	console.log('   installing Chromium from Debian');
	await run('apt-get', ['update']);
	await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
	return await ensureChromium();
}
