import { readFileSync } from 'node:fs';
import type { Answer } from './answer.mts';
import { failure } from './errors.mts';
import { isOver } from './jobs.mts';
import type { FileEffect, Job } from './types.mts';

const file = (name: string, contentType: string) => ({
	contentType,
	bytes: readFileSync(new URL(`./media/${name}`, import.meta.url)),
});

/** What jobs deliver, by the end of its name. */
const OUTPUTS: Record<string, StoredFile> = {
	jpg: file('picture.jpg', 'image/jpeg'),
	mp3: file('sound.mp3', 'audio/mpeg'),
	mp4: file('clip.mp4', 'video/mp4'),
	png: file('picture.png', 'image/png'),
	wav: file('sound.wav', 'audio/wav'),
	webp: file('picture.webp', 'image/webp'),
};
const CLIP = OUTPUTS.mp4.bytes;

/** What stands for every file of its type that a client refers to by link. */
const REFERENCES: Record<string, StoredFile> = {
	...OUTPUTS,
	jpg: file('reference.jpg', 'image/jpeg'),
	mp4: file('reference.mp4', 'video/mp4'),
	png: file('reference.png', 'image/png'),
};

/** An mp4 box has a header of 8 bytes: 32 bits of size and a name (ISO/IEC 14496-12). */
const BOX_HEADER_BYTES = 8;
/** No two places of it look alike, so that bytes which got lost or moved are noticed. */
const PADDING = Buffer.from(Uint32Array.from({ length: 64 * 1024 }, (_, at) => at).buffer);

interface StoredFile {
	contentType: string;
	bytes: Buffer;
}

export interface FilePart {
	/** What the file begins with. */
	head?: Buffer;
	/** Bytes of the whole file. */
	total: number;
	/** Offset of the first byte of this part. */
	first: number;
	length: number;
	announce?: number;
	breakAt?: number;
}

const SMALLEST = CLIP.length + BOX_HEADER_BYTES;
const LARGEST = CLIP.length + 0xffffffff;

export const isFileSize = (bytes: unknown) =>
	Number.isInteger(bytes) && Number(bytes) >= SMALLEST && Number(bytes) <= LARGEST;

export function fileSize(wanted: number | undefined): number {
	if (wanted === undefined) return CLIP.length;
	if (!isFileSize(wanted))
		throw new RangeError(
			`The file size must be a whole number of bytes from ${SMALLEST} to ${LARGEST}.`,
		);
	return wanted;
}

/** Bytes of a file, the clip if none, followed by a `free` box, which players skip, up to `total`. */
export function* fileChunks(
	total: number,
	first: number,
	length: number,
	start = CLIP,
): Generator<Buffer> {
	const box = Buffer.alloc(total > start.length ? BOX_HEADER_BYTES : 0);
	if (box.length > 0) {
		box.writeUInt32BE(total - start.length, 0);
		box.write('free', 4, 'latin1');
	}
	const head = Buffer.concat([start, box]);
	const end = first + length;
	if (first < head.length) yield head.subarray(first, end);
	for (let at = Math.max(first, head.length); at < end; ) {
		const from = (at - head.length) % PADDING.length;
		const piece = PADDING.subarray(from, from + end - at);
		yield piece;
		at += piece.length;
	}
}

export function fileAnswer(
	job: Job | undefined,
	videoBytes: number,
	asked: { fileType?: string; range?: string; ifRange?: string },
	effect: FileEffect = {},
): Answer {
	if (effect.redirect !== undefined)
		return { status: 302, headers: { location: effect.redirect }, raw: '' };
	const stored = OUTPUTS[asked.fileType ?? ''];
	const isMade =
		job && isOver(job) && job.cancelledAtMs === undefined && job.plan.output !== 'none';
	if (!isMade || !stored) return failure(404);

	const head = stored.bytes;
	const total = asked.fileType === 'mp4' ? videoBytes : head.length;
	const etag = `"${job.requestId}-${total}"`;
	const headers = {
		'content-type': effect.contentType ?? stored.contentType,
		etag,
		'accept-ranges': 'bytes',
	};
	const odd = { head, announce: effect.announce, breakAt: effect.breakAt };
	if (effect.empty) return { status: 200, headers, file: { total, first: 0, length: 0, ...odd } };

	const stale = asked.ifRange !== undefined && asked.ifRange !== etag;
	const range = effect.ignoreRange || stale ? undefined : parseRange(asked.range, total);
	if (!range) return { status: 200, headers, file: { total, first: 0, length: total, ...odd } };
	if (range === 'unsatisfiable')
		return { status: 416, headers: { 'content-range': `bytes */${total}` }, raw: '' };
	const contentRange = `bytes ${range.first}-${range.first + range.length - 1}/${total}`;
	return {
		status: 206,
		headers: { ...headers, 'content-range': contentRange },
		file: { total, ...range, ...odd },
	};
}

/** The bytes of the file that a link refers to, if it is one of the simulator's own. */
export function referencedBytes({ pathname }: URL): Buffer | undefined {
	if (!pathname.startsWith('/references/')) return undefined;
	return REFERENCES[pathname.split('.').at(-1) ?? '']?.bytes;
}

/** A file to refer to: its name is free, its type is one of those above. */
export function referenceAnswer(type: string, range: string | undefined): Answer {
	const found = REFERENCES[type];
	if (!found) return failure(404);
	const { contentType, bytes } = found;
	const headers = { 'content-type': contentType, 'accept-ranges': 'bytes' };
	const part = parseRange(range, bytes.length);
	if (!part || part === 'unsatisfiable') return { status: 200, headers, raw: bytes };
	const last = part.first + part.length - 1;
	return {
		status: 206,
		headers: { ...headers, 'content-range': `bytes ${part.first}-${last}/${bytes.length}` },
		raw: bytes.subarray(part.first, last + 1),
	};
}

/** One range (RFC 9110, 14.2); several, or another unit, count as no range, which the RFC allows. */
function parseRange(header: string | undefined, total: number) {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return undefined;
	const [from, to] = [match[1], match[2]];
	if (from === '') {
		const length = Math.min(Number(to), total);
		return length === 0 ? 'unsatisfiable' : { first: total - length, length };
	}
	const first = Number(from);
	if (to !== '' && Number(to) < first) return undefined;
	if (first >= total) return 'unsatisfiable';
	const last = to === '' ? total - 1 : Math.min(Number(to), total - 1);
	return { first, length: last - first + 1 };
}
