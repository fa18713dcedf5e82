import { createHash } from 'node:crypto';
import type { DataUri } from './types.mts';

/** Major brands of mp4 files; those of HEIC and AVIF images, which share the `ftyp` box, are not here. */
const MP4_BRAND = /^(isom|iso\d|mp4\d|avc1|M4V |MSNV|dash)$/;

/** The media type of these bytes by their signature. */
export function sniff(bytes: Buffer): string | null {
	const text = (from: number, to: number) => bytes.toString('latin1', from, to);
	if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg';
	if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'WAVE') return 'audio/wav';
	// A frame of MPEG audio begins with eleven bits that are set
	if (text(0, 3) === 'ID3' || (bytes[0] === 0xff && bytes[1] >= 0xe0)) return 'audio/mpeg';
	if (text(4, 8) === 'ftyp' && text(8, 12) === 'qt  ') return 'video/quicktime';
	if (text(4, 8) === 'ftyp' && MP4_BRAND.test(text(8, 12))) return 'video/mp4';
	return null;
}

/** The bytes in a well-formed data URI. */
export const dataUriBytes = (uri: string) => Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');

/** What a data URI holds, or null when it is not a well-formed base64 one. */
export function readDataUri(uri: string): DataUri | null {
	const comma = uri.indexOf(',');
	const head = /^data:([^;,]*);base64$/.exec(uri.slice(0, Math.max(comma, 0)));
	if (!head) return null;
	const base64 = uri.slice(comma + 1);
	const bytes = Buffer.from(base64, 'base64');
	// Node skips what is not base64; a size that does not add up shows that something was skipped
	const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
	if (base64.length % 4 !== 0 || bytes.length !== (base64.length / 4) * 3 - padding) return null;
	return {
		dataUri: true,
		declaredType: head[1] === 'image/jpg' ? 'image/jpeg' : head[1],
		sniffedType: sniff(bytes),
		bytes: bytes.length,
		sha256: createHash('sha256').update(bytes).digest('hex'),
	};
}

/** What opens a file of n8n's to whoever has it. */
const SIGNATURE = /(?<=\/binary-data\/signed\?token=)[\w.-]+/;

/** The same JSON with every data URI in it, at any depth, replaced by what it holds, and no signature of a link. */
export function withoutDataUris(value: unknown): unknown {
	if (typeof value === 'string' && value.startsWith('data:'))
		return readDataUri(value) ?? `${value.slice(0, 60)} (malformed, ${value.length} characters)`;
	if (typeof value === 'string') return value.replace(SIGNATURE, '[hidden]');
	if (Array.isArray(value)) return value.map(withoutDataUris);
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutDataUris(v)]));
	return value;
}
