// Buffers lie outside of V8's heap. V8 frees those nobody uses with its garbage: in minor collections of
// young objects, which come by the size of its own objects and not of buffers, or after 64 MB of buffers
// (kExternalAllocationSoftLimit in V8's include/v8-internal.h) in a major one, which goes through the whole
// heap, of which n8n has 180 MB.
//
// Measured in n8n 2.41.1 on Node.js 24: three downloads of 800 MB took 10 s of processor time with `release`
// alone, 4.4 s with `promptMinorGc` as well; 30 items with files in and out took 52 s without the two and
// 17 s with them. It is mainly processor time that they save, and only both together do: what cannot be
// released keeps major collections coming.
//
// What neither can help: in some processes (9 of 47) V8 makes the entries of Node.js's write queue among its
// old objects ("allocation site pretenuring"; with --no-allocation-site-pretenuring none of 16). A dead entry
// there keeps the buffer it has sent until the next major collection, and uploads then take 5 times the
// processor time.

/** Since ES2024; Node.js 20, which n8n 1 may run on, does not have it. */
type Transferable = ArrayBufferLike & { transfer?: (length: number) => ArrayBuffer };

/** Frees the memory of a chunk immediately. The chunk is empty then, so nothing may use it any more. */
export function release(chunk: Buffer): void {
	const buffer: Transferable = chunk.buffer;
	// The rest of a larger buffer, such as Node's pool, belongs to others.
	if (chunk.length > 0 && chunk.length === buffer.byteLength) buffer.transfer?.(0);
}

/**
 * Makes text of 4/3 of a chunk's size that is garbage immediately. Where buffers cannot be released, such as
 * those Node.js reads from a connection, that much more text than buffers makes minor collections come
 * before major ones: V8's room for young objects grows to 64 MB as well.
 */
export function promptMinorGc(chunk: Buffer): void {
	chunk.toString('base64');
}
