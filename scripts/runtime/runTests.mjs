// Runs in Node 24, which n8n needs and which runs TypeScript as it is.
import { globSync } from 'node:fs';
import { spec } from 'node:test/reporters';
import { run } from 'node:test';
import { isBefore } from './n8n.mjs';

const hasN8n = Boolean(process.env.RUNCOMFY_TEST_N8N);
const FOLDERS = hasN8n ? ['unit', 'verification', 'engine', 'e2e'] : ['unit'];
const FILES = FOLDERS.map((folder) => `test/${folder}/**/*.test.mts`);
// Unit tests leave nothing behind in their process, and starting one for each file takes longest.
const HOW = hasN8n
	? { execArgv: ['--import', './test/engine/register.mjs'], concurrency: 2 }
	: { isolation: 'none' };
/** Tests that are left out on an n8n before the version that stands beside them. */
const NEEDS = [
	// Older editors look different; that of 2.15.1 is like today's.
	[/\/editor\.test\.mts$/, '2.15'],
	// Up to 2.15.1, the search goes away under whoever types when a list cannot be read.
	[/\/modelForm\.test\.mts$/, '2.30'],
	// The queue mode of n8n 1 cannot keep files in the database.
	[/\/queue\w*\.test\.mts$/, '2.0'],
	// Before, an execution does not name what it bought.
	[/\/queueMissing\.test\.mts$/, '2.16'],
	// Up to 1.105.4, n8n does not run declarative nodes with live lists as tools; 1.109.0 does.
	[/\/(agents|aiTool)\.test\.mts$/, '1.109'],
	// The example workflows have versions of nodes that 2.0.3 does not know.
	[/\/examples\//, '2.15'],
	// The HTTP Request node of 2.15.1 sends a clip and never ends the request; that of 2.30.8 does.
	[/\/webhookOrder/, '2.30'],
];
const isLeftOut = (file) => NEEDS.some(([tests, n8n]) => tests.test(file) && isBefore(n8n));

const filters = process.argv.slice(2);
const files = globSync(FILES)
	.filter((file) => !isLeftOut(file))
	.filter((file) => filters.length === 0 || filters.some((text) => file.includes(text)))
	.sort();

/** Runs the files and shows what they say; resolves to the counts of each. */
async function runFiles(files, how) {
	const countsOf = new Map();
	const events = run({ files, ...how });
	events.on('test:summary', ({ file, counts }) => {
		// The last one, of no file, counts them all; it is the only one where they share a process.
		if (file !== undefined || countsOf.size === 0) countsOf.set(file, counts);
	});
	for await (const text of events.compose(spec)) process.stdout.write(text);
	return countsOf;
}

const failuresIn = ({ failed, cancelled }) => failed + cancelled;

const countsOf = files.length > 0 ? await runFiles(files, HOW) : new Map();
// Hundreds of them wait for real processes, and a machine that stands still for a moment is no fault of the
// node's: what failed runs once more, by itself, and is named even if it passes then.
const again = [...countsOf].filter(([file, counts]) => file && failuresIn(counts) > 0);
for (const [file] of again) {
	console.log(`\n${file} failed. Once more, by itself:`);
	for (const [name, counts] of await runFiles([file], HOW)) countsOf.set(name, counts);
}
const flaky = again.filter(([file]) => failuresIn(countsOf.get(file)) === 0);
for (const [file] of flaky) console.log(`Passed only by itself: ${file}`);

const sum = (count) => [...countsOf.values()].reduce((total, counts) => total + count(counts), 0);
const passed = sum((counts) => counts.passed);
const failed = sum(failuresIn);
if (files.length === 0)
	console.log(`No test file matches ${filters.join(', ') || FILES.join(', ')}.`);
if (failed > 0 || passed === 0) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed`);
