import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureN8n, N8N_VERSION } from './runtime/n8n.mjs';
import { ensureDependencies, ensureNode, projectDir } from './runtime/node.mjs';
import { run, start } from './runtime/process.mjs';

// The words that are no flags name the test files to run.
const { values, positionals: filters } = parseArgs({
	options: {
		n8n: { type: 'string', default: N8N_VERSION },
		unit: { type: 'boolean', default: false },
	},
	allowPositionals: true,
});
const { n8n, unit } = values;

try {
	await ensureDependencies();
	await run('npm', ['run', 'build', '--silent'], { cwd: projectDir, stdio: 'inherit' });
	// The runner tells by these whether there is an n8n.
	const tested = unit
		? {}
		: { RUNCOMFY_TEST_N8N_VERSION: n8n, RUNCOMFY_TEST_N8N: await ensureN8n(n8n) };
	const env = { ...process.env, ...tested };
	const runner = join(projectDir, 'scripts', 'runtime', 'runTests.mjs');
	const options = { cwd: projectDir, env, stdio: 'inherit' };
	const tests = start(await ensureNode(), [runner, ...filters], options);
	// The last line is the runner's count, whatever it says.
	const [code] = await once(tests, 'close');
	process.exitCode = code ?? 1;
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
