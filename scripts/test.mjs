import { parseArgs } from 'node:util';
import { ensureDependencies, projectDir } from './runtime/node.mjs';

// The words that are no flags name the test files to run.
const { values, positionals } = parseArgs({
	options: { n8n: { type: 'string' }, lane: { type: 'string', multiple: true } },
	allowPositionals: true,
});

try {
	await ensureDependencies();
	if (values.n8n) process.env.RUNCOMFY_TEST_N8N_VERSION = values.n8n;
	process.env.RUNCOMFY_TEST_TWICE = 'yes';
	const { runCLI } = await import('jest');
	const argv = { _: positionals, $0: 'jest', selectProjects: values.lane };
	const { results } = await runCLI(argv, [projectDir]);
	const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, success } = results;
	if (!success || numPassedTests === 0) process.exitCode = 1;
	console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
