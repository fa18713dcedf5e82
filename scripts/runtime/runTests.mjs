// Runs in Node 24, which n8n needs and which runs TypeScript as it is.
import { globSync } from 'node:fs';
import { spec } from 'node:test/reporters';
import { run } from 'node:test';
import { N8N_VERSION } from './n8n.mjs';

const hasN8n = Boolean(process.env.RUNCOMFY_TEST_N8N);
const FOLDERS = hasN8n ? ['unit', 'verification', 'engine', 'e2e'] : ['unit'];
const FILES = FOLDERS.map((folder) => `test/${folder}/**/*.test.mts`);
// Unit tests leave nothing behind in their process, and starting one for each file takes longest.
const HOW = hasN8n
	? { execArgv: ['--import', './test/engine/register.mjs'], concurrency: 2 }
	: { isolation: 'none' };
// The editor of n8n 1 looks different, its queue mode cannot keep files in the database, and the example
// workflows have versions of nodes that it does not know.
const isForN8n2 = (file) => /\/(editor|queue\w*)\.test\.mts$|\/examples\//.test(file);

const isN8n1 = N8N_VERSION.startsWith('1.');
const filters = process.argv.slice(2);
const files = globSync(FILES)
	.filter((file) => !(isN8n1 && isForN8n2(file)))
	.filter((file) => filters.length === 0 || filters.some((text) => file.includes(text)))
	.sort();

let counts = { passed: 0, failed: 0, cancelled: 0 };
if (files.length > 0) {
	const events = run({ files, ...HOW });
	events.on('test:summary', (summary) => {
		// Each file has a summary too; the last one, of no file, counts them all.
		if (summary.file === undefined) counts = summary.counts;
	});
	for await (const text of events.compose(spec)) process.stdout.write(text);
}

const failed = counts.failed + counts.cancelled;
if (files.length === 0)
	console.log(`No test file matches ${filters.join(', ') || FILES.join(', ')}.`);
if (failed > 0 || counts.passed === 0) process.exitCode = 1;
console.log(`${counts.passed} passed, ${failed} failed`);
