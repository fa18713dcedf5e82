/** Most that is read of what is behind a link. */
export const HEAD_BYTES = 64 * 1024;

/** The first bytes of a stream, which is closed then. */
export async function headOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
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
