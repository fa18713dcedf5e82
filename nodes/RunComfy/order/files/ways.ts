import { mebibytes, megabytes } from '../../text/values';

/** How files travel: inside the request, as links to where n8n gives them out, or as it has to be. */
export const SEND_FILES_AS = ['auto', 'data', 'link'] as const;
export type SendFilesAs = (typeof SEND_FILES_AS)[number];

const MIB = 1024 * 1024;

/** What RunComfy's official client sends at most, with files as base64. */
const MAX_BODY_BYTES = 64 * MIB;

interface SizeLimits {
	/** Inside a request, before base64: RunComfy's official client. */
	data: number;
	/** Behind a link: RunComfy's pages. */
	link: number;
	makeSmaller: string;
}

const LIMITS: Partial<Record<string, SizeLimits>> = {
	image: { data: 6 * MIB, link: 50_000_000, makeSmaller: 'make the picture smaller' },
	video: { data: 32 * MIB, link: 100_000_000, makeSmaller: 'compress or trim it' },
};
/** No limits of other kinds of files are published. */
const UNKNOWN: SizeLimits = { data: Infinity, link: Infinity, makeSmaller: 'use a smaller file' };

const limitsOf = (kind: string): SizeLimits => LIMITS[kind] ?? UNKNOWN;

/** What to do about a file of this kind that is too large. */
export const makeSmaller = (kind: string): string => limitsOf(kind).makeSmaller;

/** Why a file is too large to travel this way, as the end of a sentence; undefined when it is not. */
export function sizeIssue(kind: string, bytes: number, way: 'data' | 'link'): string | undefined {
	const max = limitsOf(kind)[way];
	const shown = way === 'data' ? mebibytes : megabytes;
	return bytes > max ? `is ${shown(bytes)}; the limit is ${shown(max)}` : undefined;
}

/** Why a request is too large, as a sentence; undefined when it is not. */
export const bodyIssue = (bytes: number): string | undefined =>
	bytes > MAX_BODY_BYTES
		? `The files make a request of ${mebibytes(bytes)}; the limit is ${mebibytes(MAX_BODY_BYTES)}`
		: undefined;

/**
 * The files that have to travel as links: those that are too large for a request, and of the others the
 * largest, until what `bodyBytes` says of the request is within its limit.
 */
export function linkedFiles<File extends { bytes: number }>(
	files: Array<{ file: File; kind: string }>,
	bodyBytes: (linked: ReadonlySet<File>) => number,
): Set<File> {
	const tooLarge = files.filter(({ file, kind }) => sizeIssue(kind, file.bytes, 'data'));
	const linked = new Set(tooLarge.map(({ file }) => file));
	const bySize = files.map(({ file }) => file).sort((one, other) => other.bytes - one.bytes);
	for (const file of bySize) {
		if (!bodyIssue(bodyBytes(linked))) break;
		linked.add(file);
	}
	return linked;
}
