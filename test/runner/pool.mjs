import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { prepareHome } from '../../scripts/runtime/home.mjs';
import { createInstance } from '../../scripts/runtime/instance.mjs';
import { packOnce } from '../../scripts/runtime/package.mjs';
import { startN8n } from '../../scripts/runtime/server.mjs';

/** Instances of n8n that nobody uses at the moment: a start costs several seconds of processor time. */
const idle = [];

/** A running n8n, for one test file at a time. */
export const lend = async () => idle.pop() ?? (await startOne());

export const takeBack = (lent) => void idle.push(lent);

async function startOne() {
	const files = [await realpath(tmpdir())];
	const instance = await createInstance({ tarball: await packOnce(), files });
	const owner = await prepareHome(instance);
	await startN8n(instance);
	return { instance, owner };
}
