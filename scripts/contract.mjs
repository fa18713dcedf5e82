import { once } from 'node:events';
import { join } from 'node:path';
import { ensureDependencies, ensureNode, projectDir } from './runtime/node.mjs';
import { run, start } from './runtime/process.mjs';

// Unlike the other programs, this one needs no n8n.
await ensureDependencies();
await run('npm', ['run', 'build', '--silent'], { cwd: projectDir, stdio: 'inherit' });
const args = [join(projectDir, 'contract', 'main.mts'), ...process.argv.slice(2)];
const contract = start(await ensureNode(), args, { cwd: projectDir, stdio: 'inherit' });
const [code] = await once(contract, 'close');
process.exitCode = code ?? 1;
