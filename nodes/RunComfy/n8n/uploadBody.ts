// A request body that makes its bytes while they are sent. n8n's HTTP layer takes any Blob for a body, sets
// Content-Length from its `size`, Content-Type from its `type`, and reads what `stream()` gives as it would
// read a web stream: by iterating over it. So a Blob whose `stream()` is a generator streams a body without
// `node:stream`, which n8n's verification forbids. Redirects have to be off. Tried in n8n 2.41.1 and 1.123.81
// with 3 × 40 MB.

/** A JSON body of a length that is known before its first byte is made. */
export abstract class UploadBody extends Blob {
	constructor(
		/** Exact length in bytes. */
		override readonly size: number,
	) {
		super([], { type: 'application/json' });
	}

	override stream(): ReturnType<Blob['stream']> {
		return this.pieces() as unknown as ReturnType<Blob['stream']>;
	}

	/** Makes the bytes, from the first one on each time it is called. */
	protected abstract pieces(): AsyncGenerator<Buffer>;
}
