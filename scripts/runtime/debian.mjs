import { existsSync } from 'node:fs';
import { run } from './process.mjs';

const isRoot = process.getuid?.() === 0;

/** The path that `find` returns; on Debian and as root, the package is installed when there is none. */
export async function ensureProgram({ title, purpose, packageName, find }) {
	const missing = `${purpose} need ${title}: install it and run this again.`;
	const found = find();
	if (found) return found;
	if (!isRoot || !existsSync('/usr/bin/apt-get')) throw new Error(missing);

	console.log(`   installing ${title} from Debian`);
	await aptGet('update');
	await aptGet('install', '-y', '--no-install-recommends', packageName);
	const installed = find();
	if (!installed) throw new Error(missing);
	return installed;
}

// Test files run side by side, and a second apt-get would fail instead of waiting.
const aptGet = (...args) => run('flock', ['/usr/bin/apt-get', 'apt-get', ...args]);

/** A command as spawn takes it, to be run as a system's user by root, and by anyone else as himself. */
export const asUser = (user, command, args) =>
	isRoot
		? ['setpriv', [`--reuid=${user}`, `--regid=${user}`, '--init-groups', command, ...args]]
		: [command, args];

export async function giveTo(user, folder) {
	if (isRoot) await run('chown', [`${user}:`, folder]);
}
