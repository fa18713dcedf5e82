import type { IBinaryData, IExecuteSingleFunctions } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { promptMinorGc, release } from '../n8n/memory';
import { UploadBody } from '../n8n/uploadBody';
import { preview, wellFormed } from '../text/values';
import { canonical, encodedLength } from './files/base64';
import type { ReferenceFile } from './files/inspect';

/** Base64 text is handed on in pieces of this many characters. */
const PIECE = 64 * 1024;
/** The bytes that such a piece stands for. */
const SLICE = (PIECE / 4) * 3;

/** A file as a leaf of an input: it is sent as a data URI of its real type, or as a link. */
export class FileValue {
	constructor(readonly file: ReferenceFile) {}
}

/** A JSON value whose leaves may be files. */
export type InputValue =
	| FileValue
	| string
	| number
	| boolean
	| null
	| undefined
	| InputValue[]
	| { [field: string]: InputValue };

type Part = string | ReferenceFile;

/**
 * The JSON body of a submit, which makes its bytes while they are sent: files are read chunk by
 * chunk and written as base64, so nothing as large as a file is ever held.
 */
export class RequestBody extends UploadBody {
	/** Whether the last bytes are on their way: before that, nothing can have been bought. */
	complete = false;

	/** Set when a stored file did not yield the bytes it was announced with; the body stays incomplete then. */
	unreadable?: Failure;

	private readonly parts: Part[];
	private ended = false;

	/** `links` are the files that are sent as links. */
	constructor(
		private readonly context: IExecuteSingleFunctions,
		input: InputValue,
		links: ReadonlyMap<ReferenceFile, string> = new Map(),
	) {
		const parts = partsOf(input, links);
		super(parts.reduce((sum, part) => sum + byteLength(part), 0));
		this.parts = parts;
	}

	/** Ends the body early: after an early answer, the connection may still ask for bytes. */
	end(): void {
		this.ended = true;
	}

	protected override async *pieces(): AsyncGenerator<Buffer> {
		for (const [index, part] of this.parts.entries()) {
			if (this.ended) return;
			// Set before they are sent: whoever takes the last bytes may never ask for more.
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
			// A body of another length than announced would hang or be cut off.
			if (left !== 0) throw new Error(`The file has ${bytes - left} bytes instead of ${bytes}`);
		} catch {
			const text = `File '${preview(name)}' could not be read to its end, so nothing was bought`;
			const hint = 'Run the node that made the file again, then this one.';
			const failure = new Failure(text, { submitted: 'no', hint });
			if (!isOut) this.unreadable = failure;
			throw failure;
		}
		if (rest.length) yield encode(rest);
	}
}

/** Outside the generator, which would keep the text in memory until it resumes. */
function encode(bytes: Buffer): Buffer {
	const piece = Buffer.from(bytes.toString('base64'), 'latin1');
	promptMinorGc(piece);
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

/** The files in an input, each with the names of the fields that lead to it. */
export function filesIn(
	value: InputValue,
	fields: string[] = [],
): Array<{ file: ReferenceFile; fields: string[] }> {
	if (value instanceof FileValue) return [{ file: value.file, fields }];
	if (typeof value !== 'object' || value === null) return [];
	if (Array.isArray(value)) return value.flatMap((inner) => filesIn(inner, fields));
	return Object.entries(value).flatMap(([field, inner]) => filesIn(inner, [...fields, field]));
}

type Links = ReadonlyMap<ReferenceFile, string>;

/** The JSON text of a value, cut where a file stands in it. */
function partsOf(value: InputValue, links: Links): Part[] {
	return piecesOf(value, links).reduce<Part[]>((parts, piece) => {
		const last = parts.at(-1);
		if (typeof piece === 'string' && typeof last === 'string') parts[parts.length - 1] += piece;
		else parts.push(piece);
		return parts;
	}, []);
}

function piecesOf(value: InputValue, links: Links): Part[] {
	if (value instanceof FileValue) {
		const { file } = value;
		const link = links.get(file);
		if (link !== undefined) return [JSON.stringify(link)];
		return [`"data:${file.type?.mime ?? file.binary.mimeType};base64,`, file, '"'];
	}
	if (Array.isArray(value))
		return ['[', ...joined(value.map((inner) => piecesOf(inner, links))), ']'];
	if (typeof value === 'object' && value !== null) {
		const fields = Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.map(([key, inner]) => [`${JSON.stringify(wellFormed(key))}:`, ...piecesOf(inner, links)]);
		return ['{', ...joined(fields), '}'];
	}
	return [JSON.stringify(typeof value === 'string' ? wellFormed(value) : (value ?? null))];
}

function joined(lists: Part[][]): Part[] {
	return lists.flatMap((list, index) => (index ? [',', ...list] : list));
}
