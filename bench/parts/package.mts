import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNode, projectDir } from '../../scripts/runtime/node.mjs';
import { run } from '../../scripts/runtime/process.mjs';
import type { Row } from '../results.mts';
import type { Setup } from './part.mts';

const MOST_MS = 5;
const MOST_KB = 60;
/** A load takes milliseconds, so one more process is cheap. */
const LOADS_PER_RUN = 4;

/** n8n has its own modules loaded by the time it comes to a community package. */
const LOAD = `require('n8n-workflow');
const start = performance.now();
for (const file of process.argv.slice(1)) for (const type of Object.values(require(file))) new type();
console.log(performance.now() - start);`;

/** What the package costs n8n at its start. */
export async function packaged({ runs }: Setup): Promise<Row[]> {
	const dist = globSync('dist/**/*.js', { cwd: projectDir });
	const bytes = dist.reduce((sum, file) => sum + statSync(join(projectDir, file)).size, 0);
	const { n8n } = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8'));
	const entries = [...n8n.credentials, ...n8n.nodes].map((file) => join(projectDir, file));
	const node = await ensureNode();
	const values: number[] = [];
	while (values.length < runs * LOADS_PER_RUN) {
		const { stdout } = await run(node, ['-e', LOAD, ...entries], { cwd: projectDir });
		values.push(Number(stdout));
	}
	const row = { contender: 'this node' };
	return [
		{
			...row,
			figure: 'Loading the package',
			work: `${dist.length} files, a new process each time`,
			unit: 'ms',
			values,
			target: MOST_MS,
		},
		{
			...row,
			figure: 'JavaScript of the package',
			work: 'readable, not bundled',
			unit: 'kB',
			values: [bytes / 1000],
			target: MOST_KB,
		},
	];
}
