/** What a file is by its first bytes. */
export interface FileType {
	/** How a user would call it, with its article. */
	label: string;
	mime: string;
	kind: 'image' | 'video' | 'audio' | 'other';
	/** What its name ends in, the usual ending first. */
	endings: readonly string[];
	/** How to turn it into something Kling takes, when it is not taken as it is. */
	hint?: string;
}

const CONVERT = 'Convert it to JPEG or PNG first';

const TYPES = {
	jpeg: { label: 'a JPEG file', mime: 'image/jpeg', endings: ['.jpg', '.jpeg'], kind: 'image' },
	png: { label: 'a PNG file', mime: 'image/png', endings: ['.png'], kind: 'image' },
	webp: { label: 'a WebP file', mime: 'image/webp', endings: ['.webp'], kind: 'image' },
	mp4: { label: 'an MP4 file', mime: 'video/mp4', endings: ['.mp4', '.m4v'], kind: 'video' },
	mov: { label: 'a MOV file', mime: 'video/quicktime', endings: ['.mov'], kind: 'video' },
	heic: {
		label: 'a HEIC file',
		mime: 'image/heic',
		endings: ['.heic', '.heif'],
		kind: 'other',
		hint: `${CONVERT} (on an iPhone: Settings, Camera, Formats, Most Compatible)`,
	},
	avif: {
		label: 'an AVIF file',
		mime: 'image/avif',
		endings: ['.avif'],
		kind: 'other',
		hint: CONVERT,
	},
	gif: { label: 'a GIF file', mime: 'image/gif', endings: ['.gif'], kind: 'other', hint: CONVERT },
	tiff: {
		label: 'a TIFF file',
		mime: 'image/tiff',
		endings: ['.tiff', '.tif'],
		kind: 'other',
		hint: CONVERT,
	},
	bmp: { label: 'a BMP file', mime: 'image/bmp', endings: ['.bmp'], kind: 'other', hint: CONVERT },
	svg: {
		label: 'an SVG file',
		mime: 'image/svg+xml',
		endings: ['.svg'],
		kind: 'other',
		hint: CONVERT,
	},
	pdf: {
		label: 'a PDF file',
		mime: 'application/pdf',
		endings: ['.pdf'],
		kind: 'other',
		hint: 'Export the page as a JPEG or PNG first',
	},
	webm: {
		label: 'a WebM file',
		mime: 'video/webm',
		endings: ['.webm'],
		kind: 'other',
		hint: 'Convert it to MP4 first',
	},
	avi: {
		label: 'an AVI file',
		mime: 'video/x-msvideo',
		endings: ['.avi'],
		kind: 'other',
		hint: 'Convert it to MP4 first',
	},
	gpp: {
		label: 'a 3GP file',
		mime: 'video/3gpp',
		endings: ['.3gp'],
		kind: 'other',
		hint: 'Convert it to MP4 first',
	},
	mp3: { label: 'an MP3 file', mime: 'audio/mpeg', endings: ['.mp3'], kind: 'audio' },
	wav: { label: 'a WAV file', mime: 'audio/wav', endings: ['.wav'], kind: 'audio' },
	ogg: {
		label: 'an Ogg sound file',
		mime: 'audio/ogg',
		endings: ['.ogg', '.oga', '.opus'],
		kind: 'audio',
	},
	flac: { label: 'a FLAC file', mime: 'audio/flac', endings: ['.flac'], kind: 'audio' },
	m4a: { label: 'an M4A sound file', mime: 'audio/mp4', endings: ['.m4a', '.m4b'], kind: 'audio' },
	aac: { label: 'an AAC sound file', mime: 'audio/aac', endings: ['.aac'], kind: 'audio' },
	raw: {
		label: 'a raw photo',
		mime: 'image/x-canon-cr3',
		endings: ['.cr3'],
		kind: 'other',
		hint: CONVERT,
	},
	html: {
		label: 'a web page',
		mime: 'text/html',
		endings: ['.html', '.htm'],
		kind: 'other',
		hint: 'The link led to a page instead of the file: use the direct download link',
	},
} satisfies Record<string, FileType>;

/** All types this module knows, by their short name. */
export const FILE_TYPES: Readonly<Record<keyof typeof TYPES, FileType>> = TYPES;

/** How names of files of this type end, without the dot. */
export const extensionOf = (type: FileType): string =>
	Object.entries(FILE_TYPES).find(([, known]) => known === type)?.[0] ?? '';

// First bytes as Latin-1 text, where the type shows in the first few.
const MAGIC: Array<[keyof typeof TYPES, RegExp]> = [
	['jpeg', /^\xff\xd8\xff/],
	['png', /^\x89PNG\r\n[^]\n/],
	['webp', /^RIFF[^]{4}WEBP/],
	['avi', /^RIFF[^]{4}AVI /],
	// WAVE (Microsoft and IBM, 1991), and RF64 for more than 4 GiB (EBU Tech 3306)
	['wav', /^(?:RIFF|RF64)[^]{4}WAVE/],
	['flac', /^fLaC/],
	// The first page of an Ogg file (RFC 3533) begins with the name of its codec; Theora is video
	['ogg', /^OggS\0(?![^]{22,60}?theora)/],
	// ID3v2 tags (id3.org) begin MP3 files: the name, then a version
	['mp3', /^ID3(?![ -~])/],
	// without one, a frame of MPEG 1, 2 or 2.5 (ISO/IEC 11172-3, 13818-3), layer III, with a bit
	// rate that exists
	['mp3', /^\xff[\xe2\xe3\xf2\xf3\xfa\xfb][^\xf0-\xff]/],
	// AAC in ADTS frames (ISO/IEC 13818-7): layer 0 instead
	['aac', /^\xff[\xf0\xf1\xf8\xf9]/],
	['gif', /^GIF8[79]a/],
	['tiff', /^(?:II\*\0|MM\0\*)/],
	['pdf', /^%PDF-/],
	['webm', /^[^]E\xdf\xa3/],
	['bmp', /^BM[^]{4}\0{4}/],
	// ISO base media files (ISO/IEC 14496-12) tell by their brand what they hold
	['heic', /^[^]{4}ftyp(?:hei[cxms]|hev[cmx]|mif1|msf1)/],
	['avif', /^[^]{4}ftypavi[fs]/],
	['gpp', /^[^]{4}ftyp3g/],
	['m4a', /^[^]{4}ftypM4[ABP] /],
	['raw', /^[^]{4}ftypcrx /],
	['mov', /^[^]{4}(?:ftypqt {2}|moov|mdat|wide|pnot)/],
	['mp4', /^[^]{4}ftyp/],
	[
		'svg',
		/^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^]{0,400}?)?(?:<!--[^]{0,400}?-->\s*)?(?:<!DOCTYPE svg[^]{0,200}?>\s*)?<svg[\s>]/i,
	],
	['html', /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)/i],
];

/** As many bytes of a file as tell its type. */
export const TYPE_BYTES = 1200;

/** The type of the file that starts with `head`. */
export function fileTypeOf(head: Buffer): FileType | undefined {
	const text = head.toString('latin1', 0, TYPE_BYTES);
	const found = MAGIC.find(([, pattern]) => pattern.test(text));
	return found && TYPES[found[0]];
}
