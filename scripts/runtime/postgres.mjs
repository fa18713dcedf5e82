import { globSync } from 'node:fs';
import { join } from 'node:path';
import { asUser, ensureProgram, giveTo } from './debian.mjs';
import { temporaryFolder } from './instance.mjs';
import { freePort, run, startService } from './process.mjs';

const PLACES = [
	'/usr/lib/postgresql/*/bin',
	'/usr/local/opt/postgresql@*/bin',
	'/opt/homebrew/opt/postgresql@*/bin',
];

/** The folder of PostgreSQL's programs; on Debian and as root, it is installed when missing. */
export const ensurePostgres = () =>
	ensureProgram({
		title: 'PostgreSQL',
		purpose: 'The tests of queue mode',
		packageName: 'postgresql',
		find: () =>
			globSync(PLACES.map((place) => join(place, 'initdb')))
				.map((initdb) => join(initdb, '..'))
				.sort(new Intl.Collator('en', { numeric: true }).compare)
				.at(-1),
	});

/** Starts a PostgreSQL with an empty database, and returns how to reach it on loopback, and how to ask it. */
export async function startPostgres() {
	const bin = await ensurePostgres();
	const folder = await temporaryFolder('postgres');
	await giveTo('postgres', folder);
	const data = join(folder, 'data');
	const user = 'n8n';
	const init = ['-D', data, '-U', user, '--auth=trust', '--no-sync'];
	await run(...asUser('postgres', join(bin, 'initdb'), init), { cwd: folder });

	const port = await freePort();
	// -F: what a power cut would leave of it matters to nobody.
	const args = ['-D', data, '-h', '127.0.0.1', '-p', port, '-k', folder, '-F'];
	await startService(...asUser('postgres', join(bin, 'postgres'), args), {
		name: 'PostgreSQL',
		log: join(folder, 'postgres.log'),
		ready: () => run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', port]),
		cwd: folder,
	});
	const host = '127.0.0.1';
	const database = 'postgres';
	const psql = ['-h', host, '-p', port, '-U', user, '-d', database, '-v', 'ON_ERROR_STOP=1', '-tA'];
	const execute = async (sql) =>
		(await run(join(bin, 'psql'), [...psql, '-c', sql], { cwd: folder })).stdout;
	return { host, port, user, database, execute };
}
