/**
 * Whether base64 text can stand in a data URI as it is. Nodes may leave out the padding, use the URL
 * alphabet or break lines; data URIs cannot.
 */
function isCanonical(base64: string): boolean {
	return base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
}

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

/** Characters of canonical base64 text for so many bytes. */
export function encodedLength(bytes: number): number {
	return Math.ceil(bytes / 3) * 4;
}
