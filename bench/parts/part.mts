import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { padded } from '../../test/fixtures/media.mts';
import type { Row } from '../results.mts';

export interface Setup {
	/** A temporary folder that n8n may read. */
	folder: string;
	runs: number;
}

export type Part = (setup: Setup) => Promise<Row[]>;

/**
 * Items with the path of a reference clip each. Clips have a real head (MP4, 1280 × 720, 4 s) and
 * differ at their end, since n8n's execution records keep equal texts only once.
 */
export async function clipItems(folder: string, count: number, bytes: number) {
	const clip = padded('clip.mp4', bytes);
	const items: Array<{ path: string }> = [];
	for (let n = 1; n <= count; n++) {
		const path = join(folder, `clip-${bytes}-${n}.mp4`);
		clip.writeUInt32BE(n, bytes - 4);
		await writeFile(path, clip);
		items.push({ path });
	}
	return items;
}

/** The smallest one: the head and nothing else. */
export const TINY_BYTES = 2_000;

export const times = <T,>(count: number, make: (index: number) => T): T[] =>
	Array.from({ length: count }, (_, index) => make(index));

/** Bytes in the units that disks are sold in. */
export const KB = 1e3;
export const MB = 1e6;
