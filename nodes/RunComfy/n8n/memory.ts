// Buffers lie outside of V8's heap. V8 frees those nobody uses with its garbage: either in the quick
// collections of young objects, which come by the size of its own objects and not of buffers, or after
// 64 MB of buffers (kExternalAllocationSoftLimit in V8's include/v8-internal.h), when it goes through the
// whole heap, of which n8n has 180 MB. That took 3 of 4 seconds of processor time in long downloads.

/** Since ES2024; Node.js 20, which n8n 1 may run on, does not have it. */
type Transferable = ArrayBufferLike & { transfer?: (length: number) => ArrayBuffer };

/** Gives the memory of a chunk back at once. The chunk is empty then: nobody may need it any more. */
export function release(chunk: Buffer): void {
	const buffer: Transferable = chunk.buffer;
	// The rest of a larger buffer, such as Node's pool, belongs to others.
	if (chunk.length > 0 && chunk.length === buffer.byteLength) buffer.transfer?.(0);
}

/**
 * Makes text of 4/3 of a chunk's size that is garbage at once. Where buffers cannot be released, such
 * as those Node.js reads from a connection, that much more text than buffers makes the quick collections
 * come before the other ones: V8's room for young objects grows to 64 MB as well.
 */
export function litter(chunk: Buffer): void {
	chunk.toString('base64');
}
