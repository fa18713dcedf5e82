import { once } from 'node:events';
import { join } from 'node:path';
import { ensureN8n } from './n8n.mjs';
import { ensureDependencies, ensureNode, projectDir } from './node.mjs';
import { run, start } from './process.mjs';

/** Runs a program of this project, with this process's arguments, that needs the built node and n8n. */
export async function runProgram(...path) {
	try {
		await ensureDependencies();
		await run('npm', ['run', 'build', '--silent'], { cwd: projectDir, stdio: 'inherit' });
		await ensureN8n();
		// Node 24 still calls its SQLite experimental.
		const quiet = '--disable-warning=ExperimentalWarning';
		const args = [quiet, join(projectDir, ...path), ...process.argv.slice(2)];
		const program = start(await ensureNode(), args, { cwd: projectDir, stdio: 'inherit' });
		const [code] = await once(program, 'close');
		process.exitCode = code ?? 1;
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
