import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { undoAtEnd } from './cleanup.mjs';

/** Where n8n and its Node are kept between runs, outside the project. */
export function cacheDir() {
	const { N8N_NODES_RUNCOMFY_CACHE, XDG_CACHE_HOME } = process.env;
	return (
		N8N_NODES_RUNCOMFY_CACHE ||
		join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-runcomfy')
	);
}

/**
 * A folder of the cache, filled on first use. It gets its name only when it is complete, so that an
 * interrupted install is never mistaken for one, and the first of two processes wins.
 */
export async function cachedFolder(name, fill) {
	const folder = join(cacheDir(), name);
	if (existsSync(folder)) return folder;

	const unfinished = `${folder}.unfinished-${process.pid}`;
	const discard = () => rm(unfinished, { recursive: true, force: true });
	undoAtEnd(discard);
	await mkdir(unfinished, { recursive: true });
	try {
		await fill(unfinished);
		await rename(unfinished, folder);
	} catch (error) {
		if (!existsSync(folder)) throw error;
	} finally {
		await discard();
	}
	return folder;
}
