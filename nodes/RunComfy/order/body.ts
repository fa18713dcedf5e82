import type { IBinaryData, IExecuteSingleFunctions } from 'n8n-workflow';

import { Failure } from '../api/failure';
import type { ModelInputs } from '../api/types';
import { litter, release } from '../n8n/memory';
import { canonical, encodedLength } from './files/base64';
import type { ReferenceFile } from './files/inspect';

/** Base64 text is handed on in pieces of this many characters. */
const PIECE = 64 * 1024;
/** The bytes that such a piece stands for. */
const SLICE = (PIECE / 4) * 3;

type Part = string | ReferenceFile;

/**
 * The JSON body of a submit, which makes its bytes while they are sent: files are read chunk by
 * chunk and written as base64, so nothing as large as a file is ever held. n8n's HTTP layer takes
 * any Blob for a body, asks it for size and type, and reads `stream()`.
 */
export class RequestBody extends Blob {
	/** Whether the last bytes are on their way: before that, nothing can have been bought. */
	complete = false;

	/** Set when a stored file did not give the bytes it should have; the body stays incomplete then. */
	unreadable?: Failure;

	/** Exact length in bytes, known before the first one is read. */
	override readonly size: number;

	constructor(
		private readonly context: IExecuteSingleFunctions,
		private readonly parts: Part[],
	) {
		super([], { type: 'application/json' });
		this.size = parts.reduce((sum, part) => sum + byteLength(part), 0);
	}

	// The HTTP layer iterates over what it gets, as it would over a web stream.
	override stream(): ReturnType<Blob['stream']> {
		return this.pieces() as unknown as ReturnType<Blob['stream']>;
	}

	private async *pieces(): AsyncGenerator<Buffer> {
		this.unreadable = undefined;
		for (const [index, part] of this.parts.entries()) {
			// Said before they go out: whoever takes the last bytes may never ask for more.
			this.complete = index === this.parts.length - 1;
			if (typeof part === 'string') yield Buffer.from(part);
			else if (part.binary.id) yield* this.encoded(part, part.binary.id);
			else yield* sliced(part.binary);
		}
	}

	/** A stored file as base64; three bytes make four characters, so the rest waits for the next chunk. */
	private async *encoded({ name, bytes }: ReferenceFile, id: string): AsyncGenerator<Buffer> {
		let rest: Buffer = Buffer.alloc(0);
		let left = bytes;
		// While a piece is out, what is thrown here comes from the connection, not from the file.
		let isOut = false;
		try {
			const stream = await this.context.helpers.getBinaryStream(id, SLICE);
			for await (const chunk of stream as AsyncIterable<Buffer>) {
				left -= chunk.length;
				const known = rest.length ? Buffer.concat([rest, chunk]) : chunk;
				const whole = known.length - (known.length % 3);
				rest = Buffer.from(known.subarray(whole));
				isOut = true;
				// n8n's database mode gives the file as one chunk.
				for (let at = 0; at < whole && left >= 0; at += SLICE)
					yield encode(known.subarray(at, Math.min(at + SLICE, whole)));
				isOut = false;
				release(known);
			}
			// A body of another length than announced would wait for its end, or lose it.
			if (left !== 0) throw new Error(`The file has ${bytes - left} bytes instead of ${bytes}`);
		} catch {
			const text = `File '${name}' could not be read to its end, so nothing was bought`;
			const wayOut = 'Run the node that made the file again, then this one.';
			const failure = new Failure(text, { submitted: 'no', wayOut });
			if (!isOut) this.unreadable = failure;
			throw failure;
		}
		if (rest.length) yield encode(rest);
	}
}

/** Not part of the generator, which would keep the text until it goes on. */
function encode(bytes: Buffer): Buffer {
	const piece = Buffer.from(bytes.toString('base64'), 'latin1');
	litter(piece);
	return piece;
}

/** A file that is in memory as base64 already is not encoded again. */
function* sliced({ data }: IBinaryData): Generator<Buffer> {
	const base64 = canonical(data);
	for (let at = 0; at < base64.length; at += PIECE) {
		yield Buffer.from(base64.slice(at, at + PIECE), 'latin1');
	}
}

function byteLength(part: Part): number {
	return typeof part === 'string' ? Buffer.byteLength(part) : encodedLength(part.bytes);
}

/** A reference as it stands in the body: a URL as it is, a file as a data URI of its real type. */
export type Reference = { url: string } | { file: ReferenceFile };

/**
 * Builds the body from the model's input fields; references are given apart from the other fields,
 * and are left out where the fields name `images` or `video` themselves.
 */
export function requestBody(
	context: IExecuteSingleFunctions,
	inputs: ModelInputs,
	images: Reference[],
	video?: Reference,
): RequestBody {
	const fields: Part[][] = Object.entries(inputs).map(([key, value]) => [
		`${JSON.stringify(key)}:${JSON.stringify(value)}`,
	]);
	if (images.length && !('images' in inputs)) {
		fields.push(['"images":[', ...joined(images.map(valueOf)), ']']);
	}
	if (video && !('video' in inputs)) fields.push(['"video":', ...valueOf(video)]);
	return new RequestBody(context, ['{', ...joined(fields), '}']);
}

function joined(lists: Part[][]): Part[] {
	return lists.flatMap((list, index) => (index ? [',', ...list] : list));
}

function valueOf(reference: Reference): Part[] {
	if ('url' in reference) return [JSON.stringify(reference.url)];
	const { file } = reference;
	return [`"data:${file.type?.mime ?? file.binary.mimeType};base64,`, file, '"'];
}
