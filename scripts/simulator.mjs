import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, ensureNode } from './runtime/node.mjs';

const cli = fileURLToPath(new URL('../simulator/cli.mts', import.meta.url));

await ensureDependencies();
const child = spawn(await ensureNode(), [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
	process.exitCode = code ?? 128 + constants.signals[signal];
});
