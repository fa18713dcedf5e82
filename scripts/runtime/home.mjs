import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from './cache.mjs';
import { createInstance } from './instance.mjs';
import { N8N_VERSION } from './n8n.mjs';
import { stop } from './process.mjs';
import { createOwner, startN8n } from './server.mjs';

const N8N = '.n8n';
const OWNER = 'owner.json';

/** A folder with the home of an n8n that has its database and its owner already, made once. */
export const ensureHome = () =>
	cachedFolder(`home-${N8N_VERSION}`, async (unfinished) => {
		const instance = await createInstance({ files: [] });
		const n8n = await startN8n(instance);
		const owner = await createOwner(instance);
		await stop(n8n);
		await cp(join(instance.home, N8N), join(unfinished, N8N), { recursive: true });
		await writeFile(join(unfinished, OWNER), JSON.stringify(owner));
	});

/** Gives an instance such a home, since n8n's first start in an empty one takes seconds longer; returns how its owner logs in. */
export async function prepareHome({ home }) {
	const folder = await ensureHome();
	await cp(join(folder, N8N), join(home, N8N), { recursive: true });
	return JSON.parse(await readFile(join(folder, OWNER), 'utf8'));
}
