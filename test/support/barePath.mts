import { realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { run } from '../../scripts/runtime/process.mjs';

/** A PATH with Node, npm and what unpacks a package: no compiler, no make, no Python. */
export async function barePath(): Promise<string> {
	const folder = await temporaryFolder('n8n-nodes-runcomfy-path');
	await symlink(process.execPath, join(folder, 'node'));
	for (const program of ['npm', 'tar', 'gzip']) {
		const { stdout } = await run('sh', ['-c', `command -v ${program}`]);
		await symlink(await realpath(stdout.trim()), join(folder, program));
	}
	return folder;
}
