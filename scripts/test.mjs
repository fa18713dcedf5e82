import { once } from 'node:events';
import { join } from 'node:path';
import { ensureN8n } from './runtime/n8n.mjs';
import { ensureDependencies, ensureNode, projectDir } from './runtime/node.mjs';
import { run, start } from './runtime/process.mjs';

try {
	await ensureDependencies();
	await run('npm', ['run', 'build', '--silent'], { cwd: projectDir, stdio: 'inherit' });
	const env = { ...process.env, RUNCOMFY_TEST_N8N: await ensureN8n() };
	const runner = join(projectDir, 'scripts', 'runtime', 'run-tests.mjs');
	const filters = process.argv.slice(2);
	const options = { cwd: projectDir, env, stdio: 'inherit' };
	const tests = start(await ensureNode(), [runner, ...filters], options);
	// The last line is the runner's count, whatever it says.
	const [code] = await once(tests, 'close');
	process.exitCode = code ?? 1;
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
