import { join } from 'node:path';
import { projectDir } from './node.mjs';
import { run } from './process.mjs';

export const buildPackage = () => run('npm', ['run', 'build'], { cwd: projectDir });

/** Packs the built package as npm would publish it, and returns the path of the tarball. */
export async function packPackage(folder) {
	const args = ['pack', '--json', '--pack-destination', folder];
	const { stdout } = await run('npm', args, { cwd: projectDir });
	return join(folder, JSON.parse(stdout)[0].filename);
}
