import { release } from '../../n8n/memory';

/** What a parser asks for next. */
export interface Wanted {
	/** Position in the file, never before that of the bytes it had last. */
	at: number;
	/** 0: no bytes, but the file has to reach this far. */
	length: number;
}

/**
 * Reads a file from front to back by asking for the few bytes it goes by. So the file can be anywhere: its
 * start in memory, base64 text, or a stream, and what lies between those bytes is passed over.
 */
export type Parser<Result = void> = Generator<Wanted, Result, Buffer>;

/** Gives the bytes from a position on, or as many of them as there are. */
export type Read = (at: number, length: number) => Buffer;

/** No way of sending takes files beyond this size: their start has to do. */
const READ_AT_MOST = 256 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

class Parsing {
	private step: IteratorResult<Wanted, void>;

	constructor(
		private readonly parser: Parser,
		private readonly totalBytes: number,
	) {
		this.step = parser.next();
	}

	/** Whether the parser asks for what lies beyond the end of the file. */
	get isCutOff(): boolean {
		return !this.step.done && this.step.value.at + this.step.value.length > this.totalBytes;
	}

	/** Goes on as far as `read` has bytes. Gives what the parser waits for then, if it is still to come. */
	goOn(read: Read): Wanted | undefined {
		while (!this.step.done && !this.isCutOff) {
			const { at, length } = this.step.value;
			const bytes = length ? read(at, length) : NOTHING;
			if (bytes.length < length) return this.step.value;
			this.step = this.parser.next(bytes);
		}
		return undefined;
	}
}

/** Runs a parser over what `read` has. Tells whether the file is cut off, if its whole size is known. */
export function parse(parser: Parser, read: Read, totalBytes = Infinity): boolean {
	const parsing = new Parsing(parser, totalBytes);
	parsing.goOn(read);
	return parsing.isCutOff;
}

/**
 * Runs a parser over a stream, and leaves that as soon as nothing more is wanted. Holds no more than the
 * chunks that the wanted bytes are in. Tells whether the file is cut off.
 */
export async function parseStream(
	parser: Parser,
	stream: AsyncIterable<Buffer>,
	totalBytes: number,
): Promise<boolean> {
	const parsing = new Parsing(parser, totalBytes);
	const held: Buffer[] = [];
	let [start, end] = [0, 0];
	// leaving the loop closes the stream
	for await (const chunk of stream) {
		held.push(chunk);
		end += chunk.length;
		const wanted = parsing.goOn((at, length) => copied(held, at - start, length));
		if (!wanted || end > READ_AT_MOST) break;
		while (held.length && start + held[0].length <= wanted.at) {
			start += held[0].length;
			release(held.shift()!);
		}
	}
	return parsing.isCutOff;
}

/** Bytes out of chunks that follow one another; a copy, so that the chunks can be released. */
function copied(chunks: Buffer[], at: number, length: number): Buffer {
	let offset = -at;
	const parts = chunks.map((chunk) => {
		const part = chunk.subarray(Math.max(0, -offset), Math.max(0, length - offset));
		offset += chunk.length;
		return part;
	});
	return Buffer.concat(parts);
}
