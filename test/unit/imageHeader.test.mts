import { factsOf } from '../../dist/nodes/RunComfy/order/files/facts.js';
import { media } from '../fixtures/media.mts';

/** A segment of a JPEG: marker, length, content (ITU-T T.81, B.1.1.4). */
function segment(marker: number, content: Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(content.length + 2, 2);
	return Buffer.concat([head, content]);
}

const sizeOf = (head: Buffer) => {
	const { width, height } = factsOf(head).image ?? {};
	return width && height ? { width, height } : undefined;
};

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
			const size = sizeOf(head);
			expect(size && `${size.width} × ${size.height}`).toBe(expected);
		});

	test('any cut of a file gives its size or none', () => {
		for (const name of ['photo.jpg', 'photo.png', 'lossy.webp', 'lossless.webp', 'extended.webp']) {
			const file = media(name);
			const whole = sizeOf(file);
			for (let length = 0; length < file.length; length++) {
				const size = sizeOf(file.subarray(0, length));
				if (size)
					expect([`${name}, ${length} bytes`, size]).toStrictEqual([
						`${name}, ${length} bytes`,
						whole,
					]);
			}
		}
	});
});

describe('what else an image says of itself', () => {
	const exif = (tiff: string) => segment(0xe1, Buffer.from(`Exif\0\0${tiff}`, 'latin1'));
	/** Exif data with one entry: this tag, a short number. */
	const entry = (tag: string, value: string) =>
		`MM\0*\0\0\0\x08\0\x01${tag}\0\x03\0\0\0\x01${value}\0\0`;
	const little = 'II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x08\0\0\0';
	const cases: Array<[string, Buffer, object]> = [
		['a photo that is stored sideways', media('sideways.jpg'), { orientation: 6, isCmyk: false }],
		['a PNG that is', media('sideways.png'), { orientation: 6 }],
		['a WebP that is', media('sideways.webp'), { orientation: 6, isAnimated: false }],
		[
			'an orientation, big-endian',
			jpegWith(exif(entry('\x01\x12', '\0\x05'))),
			{ orientation: 5, isCmyk: false },
		],
		['an orientation, little-endian', jpegWith(exif(little)), { orientation: 8, isCmyk: false }],
		['another tag', jpegWith(exif(entry('\x01\x0f', '\0\x05'))), { isCmyk: false }],
		['Exif data that is cut short', jpegWith(exif(little.slice(0, 18))), { isCmyk: false }],
		['Exif data that points nowhere', jpegWith(exif('II*\0\xff\xff\xff\xff')), { isCmyk: false }],
		['colors of print', media('cmyk.jpg'), { isCmyk: true }],
		['an animated PNG', media('animated.png'), { isAnimated: true }],
		['an animated WebP', media('animated.webp'), { isAnimated: true }],
		['a WebP that could be animated', media('extended.webp'), { isAnimated: false }],
	];
	test.each(cases)('%s', (_title, file, expected) => {
		const { image, isCutOff } = factsOf(file, file.length);
		const { width, height, ...rest } = image ?? {};
		expect(width).toBeTruthy();
		expect(height).toBeTruthy();
		expect(rest).toStrictEqual(expected);
		expect(isCutOff).toBeUndefined();
	});

	test('a size behind 70 kB of metadata', () => {
		const file = media('late-size.jpg');
		expect(factsOf(file.subarray(0, 65536), file.length)).toStrictEqual({
			type: factsOf(file).type,
			image: {},
		});
		const { image, isCutOff } = factsOf(file, file.length);
		expect([image?.width, image?.height, isCutOff]).toStrictEqual([120, 90, undefined]);
	});
});

describe('an image that is cut off', () => {
	const names = [
		...['photo.jpg', 'sideways.jpg', 'cmyk.jpg', 'late-size.jpg', 'photo.png', 'animated.png'],
		...['lossy.webp', 'lossless.webp', 'extended.webp', 'animated.webp', 'sideways.webp'],
	];
	test.each(names)('%s', (name) => {
		const file = media(name);
		expect(factsOf(file, file.length).isCutOff).toBeUndefined();
		// A WebP may lack the byte that makes its length even.
		const last = name.endsWith('webp') ? file.length - 2 : file.length - 1;
		const step = Math.ceil(file.length / 2000);
		for (let length = last; length > 16; length -= step) {
			const head = file.subarray(0, length);
			expect([`${length} bytes`, factsOf(head, length).isCutOff]).toStrictEqual([
				`${length} bytes`,
				true,
			]);
			// The head of a longer file is not.
			expect([`${length} bytes`, factsOf(head, file.length).isCutOff]).toStrictEqual([
				`${length} bytes`,
				undefined,
			]);
			expect([`${length} bytes`, factsOf(head).isCutOff]).toStrictEqual([
				`${length} bytes`,
				undefined,
			]);
		}
	});

	test('bytes after the end are none of its business', () => {
		for (const name of names) {
			const file = Buffer.concat([media(name), Buffer.alloc(99, 0xff)]);
			expect([name, factsOf(file, file.length).isCutOff]).toStrictEqual([name, undefined]);
		}
	});

	test('image data may hold what looks like a marker', () => {
		const jpeg = media('photo.jpg');
		const data = Buffer.from('ff00ffd0ff00ffd7ff00ffff', 'hex');
		const end = jpeg.subarray(jpeg.length - 2);
		// Its pieces are 64 KiB: FF comes last in one, and its other half first in the next.
		for (const length of [65534, 65535, 65536, 65537, 131071]) {
			const scan = jpeg.lastIndexOf('ffda', undefined, 'hex');
			const start = jpeg.subarray(0, scan + 2 + jpeg.readUInt16BE(scan + 2));
			const parts = [start, Buffer.alloc(length, 1), data, end];
			const file = Buffer.concat(parts);
			expect(factsOf(file, file.length).isCutOff).toBeUndefined();
			const cut = file.subarray(0, -1);
			expect(factsOf(cut, cut.length).isCutOff).toBe(true);
		}
	});
});
