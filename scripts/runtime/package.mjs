import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './instance.mjs';
import { projectDir } from './node.mjs';
import { run } from './process.mjs';

export const buildPackage = () => run('npm', ['run', 'build'], { cwd: projectDir });

const SOURCES = ['nodes', 'credentials', 'icons', 'gulpfile.js', 'tsconfig.json', 'package.json'];
const BUILT = 'dist/nodes/RunComfy/RunComfy.node.js';

/** Builds the package, unless it is newer than its sources. */
export async function ensureBuilt() {
	const changedAt = (path) => {
		const about = statSync(join(projectDir, path), { throwIfNoEntry: false });
		const inside = about?.isDirectory() ? readdirSync(join(projectDir, path)) : [];
		// A folder changes when something in it goes.
		return Math.max(about?.mtimeMs ?? 0, ...inside.map((name) => changedAt(join(path, name))));
	};
	if (Math.max(...SOURCES.map(changedAt)) > changedAt(BUILT)) await buildPackage();
}

/** Packs the built package as npm would publish it, and returns the path of the tarball. */
export async function packPackage(folder) {
	const args = ['pack', '--json', '--pack-destination', folder];
	const { stdout } = await run('npm', args, { cwd: projectDir });
	return join(folder, JSON.parse(stdout)[0].filename);
}

let packed;

/** A tarball of the built package, made once in a test run. */
export const packOnce = async () =>
	process.env.RUNCOMFY_TEST_TARBALL ??
	(packed ??= temporaryFolder('n8n-nodes-runcomfy-packed').then(packPackage));
