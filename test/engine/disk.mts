import type { IBinaryData } from 'n8n-workflow';
import { Container, core, store } from './n8n.mts';

let ready: Promise<void> | undefined;

/**
 * Puts a file on disk, where n8n keeps files by default. From the first one on, n8n-core keeps all
 * new files of this process there; before it, all are in memory.
 */
export async function onDisk(
	bytes: Buffer,
	about: Pick<IBinaryData, 'fileName' | 'mimeType'>,
): Promise<IBinaryData> {
	await (ready ??= Container.get(core.BinaryDataService).init());
	return await store(bytes, about);
}

/** Where a file on disk is. */
export const pathOf = ({ id }: IBinaryData): string =>
	Container.get(core.BinaryDataService).getPath(id ?? '');
