import type { Read } from './parse';

/**
 * Whether base64 text can stand in a data URI as it is. Nodes may leave out the padding, use the URL
 * alphabet or break lines; data URIs cannot.
 */
function isCanonical(base64: string): boolean {
	return base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
}

/**
 * How base64 begins that stands for JPEG, PNG, WebP, GIF or a film, whose first box is smaller than 64 kB: three
 * bytes make four characters.
 */
const FILE =
	/^(data:[\w.+-]+\/[\w.+-]+;base64,|\/9j\/|iVBORw0K|UklGR|R0lGOD|AAAA[\w+/]{2}Z0eXB)[A-Za-z0-9+/_=\s-]*$/;

/** What to do with base64 text in place of a file. */
export const MAKE_FILE =
	'Make it a file first with the node Convert to File (Move Base64 String to File), and use that';

/** Whether a text is, or begins like, a picture or a film in base64. */
export const isBase64 = (text: string): boolean => FILE.test(text);

/** Base64 text as a data URI takes it. */
export function canonical(base64: string): string {
	return isCanonical(base64) ? base64 : Buffer.from(base64, 'base64').toString('base64');
}

/** Bytes that base64 text stands for. */
export function decodedBytes(base64: string): number {
	return isCanonical(base64)
		? Buffer.byteLength(base64, 'base64')
		: Buffer.from(base64, 'base64').length;
}

/** How many bytes base64 text stands for, and how to have some of them, of which no more are decoded. */
export function decoderOf(base64: string): { bytes: number; read: Read } {
	if (!isCanonical(base64)) {
		const decoded = Buffer.from(base64, 'base64');
		return { bytes: decoded.length, read: (at, length) => decoded.subarray(at, at + length) };
	}
	const read: Read = (at, length) => {
		// four characters stand for three bytes
		const skipped = at % 3;
		const text = base64.slice(((at - skipped) / 3) * 4, encodedLength(at + length));
		return Buffer.from(text, 'base64').subarray(skipped, skipped + length);
	};
	return { bytes: Buffer.byteLength(base64, 'base64'), read };
}

/** Characters of canonical base64 text for so many bytes. */
export function encodedLength(bytes: number): number {
	return Math.ceil(bytes / 3) * 4;
}
