// Measures everything, or the parts that are asked for, and writes bench/results.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { cleanUp, runToEnd } from '../scripts/runtime/cleanup.mjs';
import { temporaryFolder } from '../scripts/runtime/instance.mjs';
import { toSvg } from './chart.mts';
import { machine, median } from './measure.mts';
import { latency } from './parts/latency.mts';
import { memory } from './parts/memory.mts';
import type { Part } from './parts/part.mts';
import { waiting } from './parts/waiting.mts';
import { wall } from './parts/wall.mts';
import { holds, toMarkdown, type Results } from './results.mts';

const PARTS: Record<string, Part> = { wall, latency, memory, waiting };
/** A run of it takes ten minutes, and no target hangs on it. */
const MOST_RUNS_OF_WAITING = 3;
const FOLDER = new URL('./results/', import.meta.url);
const JSON_FILE = new URL('results.json', FOLDER);

function readFlags() {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', multiple: true, default: [] },
			runs: { type: 'string', default: '5' },
		},
	});
	const only = values.only.flatMap((text) => text.split(','));
	const unknown = only.find((name) => !(name in PARTS));
	if (unknown)
		throw new Error(`There is no part "${unknown}", only ${Object.keys(PARTS).join(', ')}.`);
	const runs = Number(values.runs);
	if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs needs a whole number above 0.');
	return { names: only.length > 0 ? only : Object.keys(PARTS), runs };
}

async function main() {
	const flags = readFlags();
	for (const name of flags.names) {
		const started = Date.now();
		const runs = name === 'waiting' ? Math.min(flags.runs, MOST_RUNS_OF_WAITING) : flags.runs;
		const folder = await temporaryFolder('n8n-nodes-runcomfy-bench');
		const rows = await PARTS[name]({ folder, runs });
		await cleanUp();
		await write({
			[name]: { measuredAt: new Date().toISOString(), runs, machine: machine(), rows },
		});
		for (const row of rows.filter(({ target }) => target !== undefined)) {
			const verdict = holds(row) ? 'holds ' : 'MISSED';
			const { figure, work, values, unit, target } = row;
			console.log(
				`${verdict} ${figure}, ${work}: ${median(values).toFixed(2)} ${unit}, target ${target}`,
			);
		}
		console.log(`   ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
	}
}

/** Puts new results beside those of parts that were measured before. */
async function write(newer: Results): Promise<void> {
	const older = existsSync(JSON_FILE) ? JSON.parse(await readFile(JSON_FILE, 'utf8')) : {};
	const measured: Results = { ...older, ...newer };
	const inOrder = Object.keys(PARTS).filter((name) => measured[name]);
	const results = Object.fromEntries(inOrder.map((name) => [name, measured[name]]));
	const rows = Object.values(results).flatMap((part) => part.rows);
	await mkdir(FOLDER, { recursive: true });
	await writeFile(JSON_FILE, `${JSON.stringify(results, undefined, '\t')}\n`);
	await writeFile(new URL('results.md', FOLDER), toMarkdown(results));
	await writeFile(new URL('results.svg', FOLDER), toSvg(rows));
}

await runToEnd(main);
