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

/** What n8n is given to store on disk until the test ends, chunk by chunk; released ones are empty. */
export function storedChunks(): Buffer[] {
	const storage = Container.get(core.BinaryDataService).managers['filesystem-v2'];
	const chunks: Buffer[] = [];
	const store = storage.store.bind(storage);
	jest.spyOn(storage, 'store').mockImplementation(async (...given: unknown[]) => {
		// Until 1.121, more stood before it.
		const stream = given.at(-2) as AsyncIterable<Buffer>;
		const iterate = stream[Symbol.asyncIterator].bind(stream);
		stream[Symbol.asyncIterator] = async function* () {
			for await (const chunk of { [Symbol.asyncIterator]: iterate }) {
				chunks.push(chunk);
				yield chunk;
			}
		};
		return await store(...given);
	});
	return chunks;
}
