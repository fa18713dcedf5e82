import { FILE_TYPES, fileTypeOf } from '../../dist/nodes/RunComfy/order/files/fileType.js';
import { media } from '../fixtures/media.mts';

type Type = keyof typeof FILE_TYPES;

const text = (content: string) => Buffer.from(content);
/** The first box of an ISO media file, with this brand. */
const branded = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`, 'latin1');

/** The first page of an Ogg file, with the beginning of its packet. */
const oggPage = (packet: string) =>
	Buffer.from(`OggS\0\x02${'\0'.repeat(8)}\x01\0\0\0\0\0\0\0CRC!\x01\x13${packet}`, 'latin1');

const files: Array<[Type, string]> = [
	['jpeg', 'photo.jpg'],
	['png', 'photo.png'],
	['webp', 'lossy.webp'],
	['webp', 'lossless.webp'],
	['webp', 'extended.webp'],
	['gif', 'picture.gif'],
	['tiff', 'picture.tiff'],
	['bmp', 'picture.bmp'],
	['heic', 'picture.heic'],
	['avif', 'picture.avif'],
	['mp4', 'clip.mp4'],
	['mp4', 'clip-index-last.mp4'],
	['mov', 'clip.mov'],
	['webm', 'clip.webm'],
	['avi', 'clip.avi'],
];

const heads: Array<[Type | undefined, string, Buffer]> = [
	['pdf', 'a PDF', text('%PDF-1.7\n%\xe2\xe3')],
	['svg', 'an SVG', text('<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
	['svg', 'an SVG with a byte order mark', text('\ufeff  <svg width="1">')],
	[
		'svg',
		'an SVG as Illustrator writes it',
		text('<?xml version="1.0" encoding="utf-8"?>\n<!-- Generator: x -->\n<svg version="1.1">'),
	],
	[
		'svg',
		'an SVG with a document type',
		text('<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg>'),
	],
	['html', 'a web page', text('<!DOCTYPE html><html><head>')],
	['html', 'a web page that starts late', text('\n\n  <html lang="en">')],
	['tiff', 'a big-endian TIFF', Buffer.from('MM\0*\0\0\0\x08', 'latin1')],
	['gif', 'an old GIF', text('GIF87a......')],
	['heic', 'the HEIC of an iPhone', branded('heic')],
	['heic', 'a HEIF of another phone', branded('mif1')],
	['avif', 'a moving AVIF', branded('avis')],
	['mp4', 'an MP4 of a camera', branded('mp42')],
	['mov', 'a MOV without a brand', Buffer.from('\0\0\0\x08wide\0\0\0\x01mdat', 'latin1')],
	['gpp', 'a 3GP of an old phone', branded('3gp4')],
	['m4a', 'an M4A', branded('M4A ')],
	['raw', 'a Canon raw photo', branded('crx ')],
	[undefined, 'text', text('{"error":"not found"}')],
	[undefined, 'nothing', Buffer.alloc(0)],
	[undefined, 'zeros', Buffer.alloc(100)],
	[undefined, 'two bytes of a JPEG', Buffer.from('ffd8', 'hex')],
	[undefined, 'text that only begins like a bitmap', text('BMW is a car maker.')],
	// RIFF WAVE and its 64-bit sibling (EBU Tech 3306)
	['wav', 'a WAV', text('RIFF....WAVEfmt ')],
	['wav', 'a WAV of more than 4 GiB', Buffer.from('RF64\xff\xff\xff\xffWAVEds64', 'latin1')],
	[undefined, 'another RIFF file', text('RIFF....RMIDdata')],
	// id3.org: "ID3", the version, flags, size
	['mp3', 'an MP3 with a tag', Buffer.from('ID3\x04\0\0\0\0\x02\x01', 'latin1')],
	[undefined, 'text that begins like the tag of an MP3', text('ID3 tags explained')],
	// ISO/IEC 11172-3 2.4.1.3: 11 bits of sync, version, layer, protection, bit rate
	['mp3', 'an MP3 of 128 kbit/s', Buffer.from('fffb9064', 'hex')],
	['mp3', 'an MP3 with checksums', Buffer.from('fffa9064', 'hex')],
	['mp3', 'an MP3 of MPEG 2', Buffer.from('fff36084', 'hex')],
	['mp3', 'an MP3 of MPEG 2.5', Buffer.from('ffe31884', 'hex')],
	[undefined, 'a frame of a bit rate that does not exist', Buffer.from('fffbf064', 'hex')],
	[undefined, 'text in UTF-16', Buffer.from('\ufeffHello', 'utf16le')],
	// ISO/IEC 13818-7 6.2: 12 bits of sync, version, layer 0
	['aac', 'AAC', Buffer.from('fff15080', 'hex')],
	['aac', 'AAC of MPEG 2 with checksums', Buffer.from('fff85080', 'hex')],
	['flac', 'a FLAC', Buffer.from('664c614300000022', 'hex')],
	// RFC 3533 6: 26 bytes of page header, a table of segments, then the codec's name (RFC 7845, Vorbis I)
	['ogg', 'Opus in Ogg', oggPage('OpusHead\x01')],
	['ogg', 'Vorbis in Ogg', oggPage('\x01vorbis\0')],
	[undefined, 'video in Ogg', oggPage('\x80theora\x03')],
	['m4a', 'an audiobook', branded('M4B ')],
];

describe('a file is told by its first bytes', () => {
	for (const [type, name] of files)
		test(name, () => expect(fileTypeOf(media(name))).toBe(FILE_TYPES[type]));
	for (const [type, title, head] of heads)
		test(title, () => expect(fileTypeOf(head)).toBe(type && FILE_TYPES[type]));
});

test('every type that is not taken as it is has a way out', () => {
	for (const { label, kind, hint } of Object.values(FILE_TYPES))
		expect([label, Boolean(hint)]).toStrictEqual([label, kind === 'other']);
});
