import { createHash } from 'crypto';
import type { IBinaryData, IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

import { decoderOf } from './base64';
import { factsOfBytes, factsOfStream, type FileFacts } from './facts';

/** A header tells one camera's files apart; every storage gives more than this at once. */
const DIGEST_BYTES = 4096;

/** Stored files are read in pieces of this size. */
const CHUNK_BYTES = 64 * 1024;

/** One file of an input item and what its bytes tell. */
export interface ReferenceFile extends FileFacts {
	/** Index of the input item it came from. */
	item: number;
	/** Binary field it is in. */
	name: string;
	binary: IBinaryData;
	bytes: number;
	/** Of its first bytes: tells files of one name and size apart. */
	digest: string;
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

/** Reads a file as far as its facts are. Throws when n8n cannot read it. */
export async function inspect(
	context: IExecuteSingleFunctions,
	item: number,
	name: string,
	binary: IBinaryData,
): Promise<ReferenceFile> {
	const file = { item, name, binary };
	if (!binary.id) {
		const { bytes, read } = decoderOf(binary.data);
		const digest = digestOf(read(0, DIGEST_BYTES));
		return { ...file, bytes, digest, ...factsOfBytes(read, bytes) };
	}
	const { fileSize: bytes } = await context.helpers.getBinaryMetadata(binary.id);
	const stream = await context.helpers.getBinaryStream(binary.id, CHUNK_BYTES);
	const head = { digest: digestOf(Buffer.alloc(0)) };
	const facts = await factsOfStream(withDigest(stream as AsyncIterable<Buffer>, head), bytes);
	return { ...file, bytes, ...head, ...facts };
}

const digestOf = (head: Buffer): string =>
	createHash('sha256').update(head.subarray(0, DIGEST_BYTES)).digest('base64url').slice(0, 16);

/** A file as it comes, with the digest of its first bytes written down on the way. */
async function* withDigest(
	stream: AsyncIterable<Buffer>,
	head: { digest: string },
): AsyncGenerator<Buffer> {
	let isFirst = true;
	for await (const chunk of stream) {
		if (isFirst) head.digest = digestOf(chunk);
		isFirst = false;
		yield chunk;
	}
}
