import type { Parser } from './parse';

/** What a JPEG, PNG or WebP says of itself; a field is missing where that is not known. */
export interface ImageHeader {
	width?: number;
	height?: number;
	/** How the picture is to be turned: 5 to 8 by 90° (Exif 2.32, 4.6.4, tag 0x0112). */
	orientation?: number;
	/** Whether it has the four inks of a printer instead of red, green and blue. */
	isCmyk?: boolean;
	isAnimated?: boolean;
}

/** Of metadata, no more than a segment of a JPEG can hold is read. */
const MAX_EXIF = 0xffff;
/** Image data is looked through in pieces of this many bytes. */
const PIECE = 64 * 1024;

/** A JPEG, to its end when `totalBytes` says where that is (ITU-T T.81, annex B). */
export function* readJpeg(image: ImageHeader, totalBytes?: number): Parser {
	let at = 2;
	for (;;) {
		const [prefix, marker] = yield { at, length: 2 };
		if (prefix !== 0xff) return;
		// fill bytes, and markers without a content
		if (marker === 0xff || marker === 0x01 || isRestart(marker)) {
			at += marker === 0xff ? 1 : 2;
			continue;
		}
		if (marker === 0xd9) return;
		const length = (yield { at: at + 2, length: 2 }).readUInt16BE(0);
		if (length < 2) return;
		const content = { at: at + 4, length: length - 2 };
		if (marker === 0xe1) setOrientation(image, yield content);
		else if (isFrame(marker) && length >= 8) setFrame(image, yield { ...content, length: 6 });
		at += 2 + length;
		if (marker === 0xda) {
			if (totalBytes === undefined) return;
			at = yield* passImageData(at, totalBytes);
		}
	}
}

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** C4, C8 and CC in the range of the frame headers are other markers. */
function isFrame(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function setFrame(image: ImageHeader, frame: Buffer): void {
	setSize(image, frame.readUInt16BE(3), frame.readUInt16BE(1));
	image.isCmyk = frame[5] === 4;
}

/** Finds the marker that ends image data, in which FF is followed by 0 or by a restart marker. */
function* passImageData(from: number, totalBytes: number): Parser<number> {
	for (let at = from; ; ) {
		const piece = yield { at, length: Math.max(2, Math.min(PIECE, totalBytes - at)) };
		let found = piece.indexOf(0xff);
		while (found >= 0 && (piece[found + 1] === 0 || isRestart(piece[found + 1])))
			found = piece.indexOf(0xff, found + 2);
		if (found >= 0 && found + 1 < piece.length) return at + found;
		at += found >= 0 ? found : piece.length;
	}
}

/** A PNG to its end (PNG, 3rd edition, chapters 5 and 11). */
export function* readPng(image: ImageHeader): Parser {
	let at = 8;
	for (let type = ''; type !== 'IEND'; ) {
		const head = yield { at, length: 8 };
		const length = head.readUInt32BE(0);
		type = head.toString('latin1', 4);
		if (!/^[a-z]{4}$/i.test(type)) return;
		const content = { at: at + 8, length };
		if (type === 'IHDR' && length >= 8) {
			const header = yield { ...content, length: 8 };
			setSize(image, header.readUInt32BE(0), header.readUInt32BE(4));
		} else if (type === 'eXIf' && length <= MAX_EXIF) setOrientation(image, yield content);
		else if (type === 'acTL') image.isAnimated = true;
		at += 12 + length;
		yield { at, length: 0 };
	}
}

/** A WebP as far as it is needed (RFC 9649). */
export function* readWebp(image: ImageHeader): Parser {
	const head = yield { at: 0, length: 30 };
	const end = 8 + head.readUInt32LE(4);
	const type = head.toString('latin1', 12, 16);
	if (type === 'VP8 ') {
		setSize(image, head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
	} else if (type === 'VP8L') {
		const bits = head.readUInt32LE(21);
		setSize(image, (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
	} else if (type === 'VP8X') {
		setSize(image, head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
		image.isAnimated = (head[20] & 0x02) > 0;
	}
	// Some writers leave out the byte that makes the length even.
	yield { at: end - 1, length: 0 };
	const hasExif = type === 'VP8X' && (head[20] & 0x08) > 0;
	for (let at = 12; hasExif && at + 8 <= end; ) {
		const chunk = yield { at, length: 8 };
		const length = chunk.readUInt32LE(4);
		if (chunk.toString('latin1', 0, 4) === 'EXIF' && length <= MAX_EXIF) {
			setOrientation(image, yield { at: at + 8, length });
			return;
		}
		at += 8 + length + (length % 2);
	}
}

/** A size of 0 is written elsewhere, after the first scan of a JPEG. */
function setSize(image: ImageHeader, width: number, height: number): void {
	if (width > 0 && height > 0) Object.assign(image, { width, height });
}

/** Finds the orientation in Exif data: a TIFF file, in a JPEG after its name (TIFF 6.0, section 2). */
function setOrientation(image: ImageHeader, exif: Buffer): void {
	const tiff = exif.subarray(exif.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0);
	const isLittleEndian = tiff.toString('latin1', 0, 4) === 'II*\0';
	if (!isLittleEndian && tiff.toString('latin1', 0, 4) !== 'MM\0*') return;
	const number = (at: number, bytes: 2 | 4): number => {
		if (at + bytes > tiff.length) return 0;
		return isLittleEndian ? tiff.readUIntLE(at, bytes) : tiff.readUIntBE(at, bytes);
	};
	const directory = number(4, 4);
	const entries = number(directory, 2);
	for (let at = directory + 2; at < directory + 2 + entries * 12; at += 12) {
		const value = number(at + 8, 2);
		if (number(at, 2) === 0x0112 && value >= 1 && value <= 8) image.orientation = value;
	}
}
