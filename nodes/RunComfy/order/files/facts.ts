import { fileTypeOf, TYPE_BYTES, type FileType } from './fileType';
import { readJpeg, readPng, readWebp, type ImageHeader } from './imageHeader';
import { Movie } from './movie';
import { parse, parseStream, type Parser, type Read } from './parse';
import { readMovie } from './readMovie';
import { headerOf, type VideoHeader } from './videoHeader';

/** What the bytes of a file tell of it, as far as they were read. */
export interface FileFacts {
	type?: FileType;
	image?: ImageHeader;
	video?: VideoHeader;
	/** How it begins, where it is text and of no type that is known. */
	text?: string;
	/** Set when the file ends before what it says it holds. */
	isCutOff?: boolean;
}

/** What the first bytes of a file tell, of which `totalBytes` may be known; of the rest, nothing is said. */
export function factsOf(head: Buffer, totalBytes?: number): FileFacts {
	const notes = newNotes();
	const read: Read = (at, length) => head.subarray(at, at + length);
	return factsIn(notes, parse(readFile(notes, head.length, totalBytes), read, totalBytes));
}

/** What a file tells that is at hand as a whole. */
export function factsOfBytes(read: Read, totalBytes: number): FileFacts {
	const notes = newNotes();
	return factsIn(notes, parse(readFile(notes, totalBytes, totalBytes), read, totalBytes));
}

/** What a file tells that comes as a stream; it is read no further than needed. */
export async function factsOfStream(
	stream: AsyncIterable<Buffer>,
	totalBytes: number,
): Promise<FileFacts> {
	const notes = newNotes();
	const parser = readFile(notes, totalBytes, totalBytes);
	return factsIn(notes, await parseStream(parser, stream, totalBytes));
}

/** What a parser writes down. */
interface Notes {
	type?: FileType;
	text?: string;
	image: ImageHeader;
	movie: Movie;
}

const newNotes = (): Notes => ({ image: {}, movie: new Movie() });

const IMAGES: Record<string, (image: ImageHeader, totalBytes?: number) => Parser> = {
	'image/jpeg': readJpeg,
	'image/png': readPng,
	'image/webp': readWebp,
};

function* readFile(notes: Notes, headBytes: number, totalBytes?: number): Parser {
	const head = yield { at: 0, length: Math.min(TYPE_BYTES, headBytes) };
	notes.type = fileTypeOf(head);
	if (!notes.type) notes.text = textIn(head);
	const { kind, mime = '' } = notes.type ?? {};
	if (kind === 'image') yield* IMAGES[mime](notes.image, totalBytes);
	if (kind === 'video') yield* readMovie(notes.movie, totalBytes);
}

/** The first bytes of a file as text, where there are no others than text has. */
function textIn(head: Buffer): string | undefined {
	const text = head.toString('utf8', 0, 120);
	// The last character may be cut.
	return /^(?:[\t\n\r]|[^\p{Cc}\ufffd])+\ufffd{0,3}$/u.test(text) ? text : undefined;
}

function factsIn({ type, text, image, movie }: Notes, isCutOff: boolean): FileFacts {
	return {
		type,
		...(text && { text }),
		...(type?.kind === 'image' && { image }),
		...(type?.kind === 'video' && { video: headerOf(movie) }),
		...(isCutOff && { isCutOff }),
	};
}
