// Runs the tests of n8n's engine and of real n8n processes on several n8n, and writes into the README
// what passed:  npm run compatibility            all of these
//               npm run compatibility -- 1.123.81
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NODE_VERSION, projectDir } from './runtime/node.mjs';
import { run } from './runtime/process.mjs';

/** The newest, some between, the last of 1.x, the oldest that passes, and the oldest that the node loads in. */
const VERSIONS = ['2.41.1', '2.30.8', '2.15.1', '2.0.3', '1.123.81', '1.110.1', '1.100.1'];
const SUITES = ['test/engine', 'test/e2e'];
const README = join(projectDir, 'README.md');
/** What stands between these in the README is written here. */
const MARKED = /(<!-- compatibility -->\n)([^]*?)(<!-- \/compatibility -->)/;

const asked = process.argv.slice(2);
/** Rows by version; those of versions that are not asked for stay. */
const rows = new Map(
	[...MARKED.exec(await readFile(README, 'utf8'))[2].matchAll(/^\| (\d\S+) .*$/gm)].map(
		([row, version]) => [version, row],
	),
);
for (const version of asked.length > 0 ? asked : VERSIONS) {
	const args = [join(projectDir, 'scripts', 'test.mjs'), '--n8n', version, ...SUITES];
	const onOutput = (text) => process.stdout.write(text);
	const { stdout } = await run(process.execPath, args, { onOutput, env: process.env }).catch(
		(error) => error,
	);
	const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(stdout ?? '') ?? [];
	const day = new Date().toISOString().slice(0, 10);
	rows.set(
		version,
		`| ${version} | ${NODE_VERSION} | ${passed ?? '–'} | ${failed ?? '–'} | ${day} |`,
	);
}

const newestFirst = [...rows].sort(([a], [b]) => b.localeCompare(a, 'en', { numeric: true }));
const passing = newestFirst.filter(([, row]) => /\|\s+0 \|\s+[\d-]+ \|$/.test(row));
const oldest = passing.at(-1)?.[0] ?? 'none';
const lines = [
	'| n8n | Node.js | Passed | Failed | On |',
	'| --- | --- | ---: | ---: | --- |',
	...newestFirst.map(([, row]) => row),
	'',
	`The oldest version that passes: ${oldest}.`,
];
const readme = await readFile(README, 'utf8');
await writeFile(README, readme.replace(MARKED, `$1\n${lines.join('\n')}\n\n$3`));
