import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imageSizeOf } from '../../dist/nodes/RunComfy/order/files/imageSize.js';
import { media } from '../fixtures/media.mts';

/** A segment of a JPEG: marker, length, content (ITU-T T.81, B.1.1.4). */
function segment(marker: number, content: Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(content.length + 2, 2);
	return Buffer.concat([head, content]);
}

/** photo.jpg with more segments before its own. */
function jpegWith(...segments: Buffer[]): Buffer {
	const jpeg = media('photo.jpg');
	return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const PREVIEW = Buffer.concat([Buffer.from('Exif\0\0'), media('photo.jpg').fill(9, 600)]);
PREVIEW.writeUInt16BE(60, PREVIEW.indexOf('ffc0', 0, 'hex') + 5);
const LONG = segment(0xe2, Buffer.alloc(60_000));

describe('the size of an image', () => {
	const cases: Array<[string, Buffer, string | undefined]> = [
		['a JPEG', media('photo.jpg'), '640 × 480'],
		['a JPEG with a smaller one as preview', jpegWith(segment(0xe1, PREVIEW)), '640 × 480'],
		['a JPEG with fill bytes', jpegWith(Buffer.from([0xff, 0xff])), '640 × 480'],
		['a JPEG with Huffman tables first', jpegWith(segment(0xc4, Buffer.alloc(20))), '640 × 480'],
		['a JPEG whose size comes after 64 KiB', jpegWith(LONG, LONG).subarray(0, 65536), undefined],
		['a JPEG that is cut off in its size', media('photo.jpg').subarray(0, 160), undefined],
		['a JPEG that goes on with something else', jpegWith(Buffer.from('oops')), undefined],
		['a PNG', media('photo.png'), '320 × 300'],
		['a lossy WebP', media('lossy.webp'), '640 × 360'],
		['a lossless WebP', media('lossless.webp'), '300 × 750'],
		['an extended WebP', media('extended.webp'), '400 × 500'],
		['the start of a PNG', media('photo.png').subarray(0, 20), undefined],
		['a GIF', media('picture.gif'), undefined],
		['nothing', Buffer.alloc(0), undefined],
	];
	for (const [title, head, expected] of cases)
		test(`${title}: ${expected ?? 'not known'}`, () => {
			const size = imageSizeOf(head);
			assert.equal(size && `${size.width} × ${size.height}`, expected);
		});

	test('any cut of a file gives its size or none', () => {
		for (const name of ['photo.jpg', 'photo.png', 'lossy.webp', 'lossless.webp', 'extended.webp']) {
			const file = media(name);
			const whole = imageSizeOf(file);
			for (let length = 0; length < file.length; length++) {
				const size = imageSizeOf(file.subarray(0, length));
				if (size) assert.deepEqual(size, whole, `${name}, ${length} bytes`);
			}
		}
	});
});
