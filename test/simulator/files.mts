import { readFileSync } from 'node:fs';
import { media } from '../fixtures/media.mts';
import type { Answer } from './answer.mts';
import { failure } from './errors.mts';
import { isOver } from './jobs.mts';
import type { FileEffect, Job } from './types.mts';

const CLIP = readFileSync(new URL('./media/clip.mp4', import.meta.url));

/** An mp4 box has a header of 8 bytes: 32 bits of size and a name (ISO/IEC 14496-12). */
const BOX_HEADER_BYTES = 8;
/** No two places of it look alike, so that bytes which got lost or moved are noticed. */
const PADDING = Buffer.from(Uint32Array.from({ length: 64 * 1024 }, (_, at) => at).buffer);

export interface FilePart {
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

/** Bytes of the clip, followed by a `free` box, which players skip, up to `total`. */
export function* fileChunks(total: number, first: number, length: number): Generator<Buffer> {
	const box = Buffer.alloc(total > CLIP.length ? BOX_HEADER_BYTES : 0);
	if (box.length > 0) {
		box.writeUInt32BE(total - CLIP.length, 0);
		box.write('free', 4, 'latin1');
	}
	const head = Buffer.concat([CLIP, box]);
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
	total: number,
	asked: { range?: string; ifRange?: string },
	effect: FileEffect = {},
): Answer {
	if (effect.redirect !== undefined)
		return { status: 302, headers: { location: effect.redirect }, raw: '' };
	if (!job || !isOver(job) || job.cancelledAtMs !== undefined || job.plan.output === 'none')
		return failure(404);

	const etag = `"${job.requestId}-${total}"`;
	const headers = {
		'content-type': effect.contentType ?? 'video/mp4',
		etag,
		'accept-ranges': 'bytes',
	};
	const odd = { announce: effect.announce, breakAt: effect.breakAt };
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

/** What stands for every file of its type that a client refers to by link. */
const REFERENCES: Record<string, { contentType: string; bytes: Buffer }> = {
	jpg: { contentType: 'image/jpeg', bytes: media('photo.jpg') },
	png: { contentType: 'image/png', bytes: media('photo.png') },
	mp4: { contentType: 'video/mp4', bytes: media('clip.mp4') },
};

/** A file to refer to: its name is free, its type is one of three. */
export function referenceAnswer(type: string, range: string | undefined): Answer {
	const file = REFERENCES[type];
	if (!file) return failure(404);
	const { contentType, bytes } = file;
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
