import { existsSync } from 'node:fs';
import { ensureProgram } from './debian.mjs';

const PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium for browser tests; on Debian and as root, it is installed when missing. */
export const ensureChromium = () =>
	ensureProgram({
		title: 'Chromium',
		purpose: 'The browser tests',
		packageName: 'chromium',
		find: () => PLACES.find((path) => existsSync(path)),
	});
