/** What a file is by its first bytes. */
export interface FileType {
	/** How a user would call it. */
	label: string;
	mime: string;
	kind: 'image' | 'video' | 'other';
	/** How to turn it into something Kling takes, when it is not taken as it is. */
	wayOut?: string;
}

const CONVERT = 'Convert it to JPEG or PNG first';

const TYPES = {
	jpeg: { label: 'JPEG', mime: 'image/jpeg', kind: 'image' },
	png: { label: 'PNG', mime: 'image/png', kind: 'image' },
	webp: { label: 'WebP', mime: 'image/webp', kind: 'image' },
	mp4: { label: 'MP4', mime: 'video/mp4', kind: 'video' },
	mov: { label: 'MOV', mime: 'video/quicktime', kind: 'video' },
	heic: {
		label: 'HEIC',
		mime: 'image/heic',
		kind: 'other',
		wayOut: `${CONVERT} (on an iPhone: Settings, Camera, Formats, Most Compatible)`,
	},
	avif: { label: 'AVIF', mime: 'image/avif', kind: 'other', wayOut: CONVERT },
	gif: { label: 'GIF', mime: 'image/gif', kind: 'other', wayOut: CONVERT },
	tiff: { label: 'TIFF', mime: 'image/tiff', kind: 'other', wayOut: CONVERT },
	bmp: { label: 'BMP', mime: 'image/bmp', kind: 'other', wayOut: CONVERT },
	svg: { label: 'SVG', mime: 'image/svg+xml', kind: 'other', wayOut: CONVERT },
	pdf: {
		label: 'PDF',
		mime: 'application/pdf',
		kind: 'other',
		wayOut: 'Export the page as a JPEG or PNG first',
	},
	webm: {
		label: 'WebM',
		mime: 'video/webm',
		kind: 'other',
		wayOut: 'Convert it to MP4 first',
	},
	avi: { label: 'AVI', mime: 'video/x-msvideo', kind: 'other', wayOut: 'Convert it to MP4 first' },
	html: {
		label: 'web page',
		mime: 'text/html',
		kind: 'other',
		wayOut: 'The link led to a page instead of the file: use the direct download link',
	},
} satisfies Record<string, FileType>;

/** All types this module knows, by their short name. */
export const FILE_TYPES: Readonly<Record<keyof typeof TYPES, FileType>> = TYPES;

// First bytes as Latin-1 text, where the type shows in the first few.
const MAGIC: Array<[keyof typeof TYPES, RegExp]> = [
	['jpeg', /^\xff\xd8\xff/],
	['png', /^\x89PNG\r\n[^]\n/],
	['webp', /^RIFF[^]{4}WEBP/],
	['avi', /^RIFF[^]{4}AVI /],
	['gif', /^GIF8[79]a/],
	['tiff', /^(?:II\*\0|MM\0\*)/],
	['pdf', /^%PDF-/],
	['webm', /^[^]E\xdf\xa3/],
	['bmp', /^BM[^]{4}\0{4}/],
	// ISO base media files (ISO/IEC 14496-12) tell by their brand what they hold
	['heic', /^[^]{4}ftyp(?:hei[cxms]|hev[cmx]|mif1|msf1)/],
	['avif', /^[^]{4}ftypavi[fs]/],
	['mov', /^[^]{4}(?:ftypqt {2}|moov|mdat|wide|pnot)/],
	['mp4', /^[^]{4}ftyp/],
	[
		'svg',
		/^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]{0,400}?)?(?:<!--[^]{0,400}?-->\s*)?(?:<!DOCTYPE svg[^]{0,200}?>\s*)?<svg[\s>]/i,
	],
	['html', /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)/i],
];

/** The type of the file that starts with `head` (a few hundred bytes are enough). */
export function fileTypeOf(head: Buffer): FileType | undefined {
	const text = head.toString('latin1', 0, 1200);
	const found = MAGIC.find(([, pattern]) => pattern.test(text));
	return found && TYPES[found[0]];
}
