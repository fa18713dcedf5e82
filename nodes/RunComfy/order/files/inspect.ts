import type { IBinaryData, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { decodedBytes } from './base64';
import { factsOf, type FileFacts } from './facts';

/** Headers of images and videos are looked for in the first 64 KiB; longer ones stay unread. */
const HEAD_BYTES = 64 * 1024;

/** One file of an input item and what its bytes tell. */
export interface ReferenceFile extends FileFacts {
	/** Index of the input item it came from. */
	item: number;
	/** Binary field it is in. */
	name: string;
	binary: IBinaryData;
	bytes: number;
}

/**
 * The files of an item by field. n8n keeps them in `binary`, or beside the other fields in `json`
 * when the workflow's binary mode is "combined".
 */
export function filesOf(item: INodeExecutionData): Record<string, IBinaryData> {
	const inJson = Object.entries(item.json ?? {}).filter(
		// n8n sets `data` of stored files too; other services' entries have an id and a type as well.
		([, value]) => isFile(value) && typeof value.data === 'string',
	);
	return { ...(Object.fromEntries(inJson) as Record<string, IBinaryData>), ...item.binary };
}

/** Whether a value is a file of n8n, as an expression such as `{{ $binary.photo }}` yields it. */
export function isFile(value: unknown): value is IBinaryData {
	const { data, id, mimeType } = (value ?? {}) as Partial<IBinaryData>;
	return typeof mimeType === 'string' && (typeof data === 'string' || typeof id === 'string');
}

/** Reads a file's size and its first bytes, never more of it. Throws when n8n cannot read it. */
export async function inspect(
	context: IExecuteSingleFunctions,
	item: number,
	name: string,
	binary: IBinaryData,
): Promise<ReferenceFile> {
	const [head, bytes] = binary.id
		? await Promise.all([headOf(context, binary.id), storedBytes(context, binary.id)])
		: [
				Buffer.from(binary.data.slice(0, (HEAD_BYTES / 3) * 4), 'base64'),
				decodedBytes(binary.data),
			];
	return { item, name, binary, bytes, ...factsOf(head) };
}

async function storedBytes(context: IExecuteSingleFunctions, id: string): Promise<number> {
	return (await context.helpers.getBinaryMetadata(id)).fileSize;
}

async function headOf(context: IExecuteSingleFunctions, id: string): Promise<Buffer> {
	const stream = await context.helpers.getBinaryStream(id, HEAD_BYTES);
	const chunks: Buffer[] = [];
	let length = 0;
	// leaving the loop closes the stream
	for await (const chunk of stream) {
		const known = (chunk as Buffer).subarray(0, HEAD_BYTES - length);
		chunks.push(known);
		length += known.length;
		if (length >= HEAD_BYTES) break;
	}
	return Buffer.concat(chunks);
}
