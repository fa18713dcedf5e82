import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asUser, ensureProgram, giveTo } from './debian.mjs';
import { temporaryFolder } from './instance.mjs';
import { freePort, startService } from './process.mjs';

const PLACES = [
	'/usr/bin/redis-server',
	'/usr/local/bin/redis-server',
	'/opt/homebrew/bin/redis-server',
];

/** The path of a redis-server; on Debian and as root, it is installed when missing. */
export const ensureRedis = () =>
	ensureProgram({
		title: 'Redis',
		purpose: 'The tests of queue mode',
		packageName: 'redis-server',
		find: () => PLACES.find((path) => existsSync(path)),
	});

/** Starts a Redis that keeps nothing, and returns its port on loopback. */
export async function startRedis() {
	const program = await ensureRedis();
	const folder = await temporaryFolder('redis');
	await giveTo('redis', folder);
	const port = await freePort();
	const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
	const log = join(folder, 'redis.log');
	const ready = async () => (await readFile(log, 'utf8')).includes('Ready to accept connections');
	await startService(...asUser('redis', program, settings), {
		name: 'Redis',
		log,
		ready,
		cwd: folder,
	});
	return port;
}
