import { once } from 'node:events';
import { join } from 'node:path';
import { ensureN8n } from './runtime/n8n.mjs';
import { ensureDependencies, ensureNode, projectDir } from './runtime/node.mjs';
import { run, start } from './runtime/process.mjs';

try {
	await ensureDependencies();
	await run('npm', ['run', 'build', '--silent'], { cwd: projectDir, stdio: 'inherit' });
	await ensureN8n();
	// Node 24 still calls its SQLite experimental.
	const quiet = '--disable-warning=ExperimentalWarning';
	const args = [quiet, join(projectDir, 'bench', 'main.mts'), ...process.argv.slice(2)];
	const bench = start(await ensureNode(), args, { cwd: projectDir, stdio: 'inherit' });
	const [code] = await once(bench, 'close');
	process.exitCode = code ?? 1;
} catch (error) {
	console.error(error.message);
	process.exitCode = 1;
}
