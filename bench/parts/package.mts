import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNode, projectDir } from '../../scripts/runtime/node.mjs';
import { run } from '../../scripts/runtime/process.mjs';
import type { Row } from '../results.mts';
import { KB, type Setup } from './part.mts';

const MOST_MS = 5;
const MOST_KB = 60;
/** A load takes milliseconds, so one more process is cheap. */
const LOADS_PER_RUN = 4;

/** n8n has its own modules loaded by the time it comes to a community package. */
const LOAD = `require('n8n-workflow');
const known = new Set(Object.keys(require.cache));
const start = performance.now();
for (const file of process.argv.slice(1)) for (const type of Object.values(require(file))) new type();
const ms = performance.now() - start;
const files = Object.keys(require.cache).filter((file) => !known.has(file));
console.log(JSON.stringify({ ms, files }));`;

/** What the package costs n8n at its start. */
export async function packaged({ runs }: Setup): Promise<Row[]> {
	const dist = globSync('dist/**/*.js', { cwd: projectDir }).map((file) => join(projectDir, file));
	const { n8n } = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8'));
	const entries = [...n8n.credentials, ...n8n.nodes].map((file) => join(projectDir, file));
	const node = await ensureNode();
	const loads: Array<{ ms: number; files: string[] }> = [];
	while (loads.length < runs * LOADS_PER_RUN) {
		const { stdout } = await run(node, ['-e', LOAD, ...entries], { cwd: projectDir });
		loads.push(JSON.parse(stdout));
	}
	const [{ files }] = loads;
	const row = { contender: 'this node' };
	return [
		{
			...row,
			figure: 'Loading the package',
			work: 'a new process each time',
			unit: 'ms',
			values: loads.map(({ ms }) => ms),
			target: MOST_MS,
		},
		{
			...row,
			figure: 'JavaScript that n8n loads when it starts',
			work: `${files.length} files, readable, not bundled`,
			unit: 'kB',
			values: [kilobytes(files)],
			target: MOST_KB,
		},
		{
			...row,
			figure: 'JavaScript of the whole package',
			work: `${dist.length} files; the others are loaded when the node first runs`,
			unit: 'kB',
			values: [kilobytes(dist)],
		},
	];
}

const kilobytes = (files: string[]): number =>
	files.reduce((sum, file) => sum + statSync(file).size, 0) / KB;
