import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { about, inMemory, media, padded, pngOf } from '../fixtures/media.mts';
import { FOUR_K } from '../fixtures/models.mts';
import { withSimulator } from '../support/simulator.mts';
import { onDisk } from './disk.mts';
import { create, images, item, messageOf, submits } from './buying.mts';

withSimulator();

const MIB = 1024 * 1024;
const png = (width: number, height: number) => inMemory('photo.png', pngOf(width, height));
const asPng = (bytes: Buffer) => inMemory('photo.png', bytes);

/** clip.mp4 with another length or picture size. */
function clip({ seconds = 4, width = 1280, height = 720 }): IBinaryData {
	const bytes = media('clip.mp4');
	const movie = bytes.indexOf('mvhd') + 4;
	bytes.writeUInt32BE(bytes.readUInt32BE(movie + 12) * seconds, movie + 16);
	const track = bytes.indexOf('tkhd') + 4;
	bytes.writeUInt32BE(width * 65536, track + 76);
	bytes.writeUInt32BE(height * 65536, track + 80);
	return inMemory('clip.mp4', bytes);
}

const asImage = { referenceImages: images('data') };
const asVideo = { referenceVideo: 'binary', videoBinaryPropertyName: 'data' };
const url = (value: string) => ({ referenceImages: { image: [{ source: 'url', url: value }] } });
const many = (count: number) =>
	url(Array.from({ length: count }, (_, n) => `https://example.com/${n}.png`).join(','));

async function refused(parameters: IDataObject, file: IBinaryData, message: string) {
	const outcome = await create(parameters, [item({ data: file })]);
	expect(messageOf(outcome)).toBe(message);
	expect(submits()).toHaveLength(0);
}

describe('an image that is refused', () => {
	const IMAGE = 'but must be a JPEG, PNG or WebP image';
	const CONVERT = 'Convert it to JPEG or PNG first';
	const cases: Array<[IBinaryData, string]> = [
		[asPng(Buffer.alloc(0)), 'is empty (0 bytes). Check the node that made it'],
		[asPng(Buffer.from('\0\x01\x02')), `is of a type that this node doesn't know, ${IMAGE}`],
		[
			asPng(Buffer.from('hello')),
			`is text that begins with 'hello', ${IMAGE}. Look at the output of the node that made it`,
		],
		[
			asPng(Buffer.from('{"error":"x"}')),
			`is JSON that begins with '{"error":"x"}', ${IMAGE}. The node that made it probably failed: look at its output`,
		],
		[
			asPng(Buffer.from('iVBORw0KGgoAAAANSUhEUg==')),
			`is base64 text that begins with 'iVBORw0KGgoAAAANSUhEUg==', ${IMAGE}. Make it a file first with the node Convert to File (Move Base64 String to File), and use that`,
		],
		[
			asPng(media('picture.heic')),
			`is a HEIC file, ${IMAGE}. ${CONVERT} (on an iPhone: Settings, Camera, Formats, Most Compatible)`,
		],
		[asPng(media('picture.avif')), `is an AVIF file, ${IMAGE}. ${CONVERT}`],
		[asPng(media('picture.gif')), `is a GIF file, ${IMAGE}. ${CONVERT}`],
		[asPng(media('picture.tiff')), `is a TIFF file, ${IMAGE}. ${CONVERT}`],
		[asPng(media('picture.bmp')), `is a BMP file, ${IMAGE}. ${CONVERT}`],
		[asPng(Buffer.from('<svg>')), `is an SVG file, ${IMAGE}. ${CONVERT}`],
		[
			asPng(Buffer.from('%PDF-1.4')),
			`is a PDF file, ${IMAGE}. Export the page as a JPEG or PNG first`,
		],
		[
			asPng(Buffer.from('<!doctype html>')),
			`is a web page, ${IMAGE}. The link led to a page instead of the file: use the direct download link`,
		],
		[asPng(media('clip.mp4')), `is an MP4 file, ${IMAGE}`],
		[png(299, 600), 'is 299 × 600 pixels; each side must be at least 300. Use a larger picture'],
		[
			png(300, 751),
			'is 300 × 751 pixels; the long side can be at most 2.5 times the short one. Crop it',
		],
	];
	for (const [file, issue] of cases)
		test(issue, async () => {
			await refused(asImage, file, `Figure 1: file 'data' (photo.png) ${issue}.`);
		});

	test('on disk too', async () => {
		const file = await onDisk(media('picture.heic'), { fileName: 'a.jpg', mimeType: 'image/jpeg' });
		await refused(
			asImage,
			file,
			`Figure 1: file 'data' (a.jpg) is a HEIC file, ${IMAGE}. ${CONVERT} (on an iPhone: Settings, Camera, Formats, Most Compatible).`,
		);
	});

	test('when it is gone from the disk', async () => {
		const id = 'filesystem-v2:workflows/workflow/executions/1/binary_data/gone';
		const file = { ...inMemory('photo.png'), id, data: 'filesystem-v2' };
		await onDisk(media('photo.png'), file);
		await refused(asImage, file, "File 'data' cannot be read. Run the node that made it again.");
	});
});

describe('a file that is too large to be sent as data', () => {
	const asData = { options: { sendFilesAs: 'data' } };
	const OR_AUTO = "or set 'Send Files As' under Options to Auto";

	test('an image', async () => {
		await refused(
			{ ...asImage, ...asData },
			asPng(padded('photo.png', 6 * MIB + 1)),
			`Figure 1: file 'data' (photo.png) is 6.1 MiB; the limit is 6 MiB. Make the picture smaller, ${OR_AUTO}.`,
		);
	});

	test('a video', async () => {
		await refused(
			{ ...asVideo, ...asData },
			inMemory('clip.mp4', padded('clip.mp4', 32 * MIB + 1)),
			`Reference video: file 'data' (clip.mp4) is 32.1 MiB; the limit is 32 MiB. Compress or trim it, ${OR_AUTO}.`,
		);
	});

	test('one that is too large for a link as well', async () => {
		await refused(
			{ ...asImage, ...asData },
			asPng(padded('photo.png', 50_000_001)),
			"Figure 1: file 'data' (photo.png) is 47.7 MiB; the limit is 6 MiB. Make the picture smaller.",
		);
	});
});

test('images at their limits are sent', async () => {
	for (const file of [
		png(300, 300),
		png(300, 750),
		png(5000, 2000),
		asPng(padded('photo.png', 6 * MIB)),
	])
		expect(messageOf(await create(asImage, [item({ data: file })]))).toBe('');
});

describe('a reference video that is refused', () => {
	const VIDEO = 'but must be an MP4 or MOV video';
	const cases: Array<[IBinaryData, string]> = [
		[inMemory('clip.mp4', media('clip.webm')), `is a WebM file, ${VIDEO}. Convert it to MP4 first`],
		[inMemory('clip.mp4', media('clip.avi')), `is an AVI file, ${VIDEO}. Convert it to MP4 first`],
		[inMemory('clip.mp4', media('photo.jpg')), `is a JPEG file, ${VIDEO}`],
		[clip({ seconds: 2 }), 'is 2 s long; it must be 3 to 10 s. Trim it'],
		[clip({ seconds: 11 }), 'is 11 s long; it must be 3 to 10 s. Trim it'],
		[clip({ height: 719 }), 'is 1280 × 719 pixels; each side must be 720 to 2160. Resize it'],
		[
			clip({ width: 3840, height: 2160 }),
			'is 3840 × 2160 pixels; each side must be 720 to 2160. Resize it',
		],
	];
	for (const [file, issue] of cases)
		test(issue, async () => {
			await refused(asVideo, file, `Reference video: file 'data' (clip.mp4) ${issue}.`);
		});
});

test('videos at their limits are sent', async () => {
	const index = inMemory('clip.mp4', media('clip-index-last.mp4'));
	for (const file of [
		clip({ seconds: 3 }),
		clip({ seconds: 10 }),
		clip({ width: 720, height: 2160 }),
		index,
	])
		expect(messageOf(await create(asVideo, [item({ data: file })]))).toBe('');
});

const kept: Array<[string, (name: string, bytes: Buffer) => Promise<IBinaryData>]> = [
	['on disk', async (name, bytes) => await onDisk(bytes, about(name))],
	['in memory', async (name, bytes) => inMemory(name, bytes)],
];
const CUT_OFF = 'is cut off: its end is missing. Download or export it again';

describe.each(kept)('files %s are read as far as it takes', (_where, keep) => {
	const LONG = 'is 23 s long; it must be 3 to 10 s. Trim it';
	const SMALL = 'is 640 × 360 pixels; each side must be 720 to 2160. Resize it';
	const start = (name: string) => media(name).subarray(0, -99);
	const videos: Array<[string, string, Buffer?]> = [
		['long-header-last.mp4', LONG],
		['long-header-last.mov', LONG],
		['long-fragmented.mp4', LONG],
		['long-partly-fragmented.mp4', LONG],
		['long-indexed.mp4', LONG],
		['small-header-last.mp4', SMALL],
		['small-fragmented.mp4', SMALL],
		['turned.mp4', 'is 360 × 640 pixels; each side must be 720 to 2160. Resize it'],
		['sound-only.mp4', 'has sound, but no picture. Use a video with a picture'],
		['clip.mp4', CUT_OFF, start('clip.mp4')],
		['clip-index-last.mp4', CUT_OFF, start('clip-index-last.mp4')],
		['long-fragmented.mp4', CUT_OFF, media('long-fragmented.mp4').subarray(0, 2000)],
	];
	for (const [name, issue, bytes = media(name)] of videos)
		test(`${name}, ${bytes.length} bytes: ${issue}`, async () => {
			const file = await keep(name, bytes);
			await refused(asVideo, file, `Reference video: file 'data' (${name}) ${issue}.`);
		});

	const images: Array<[string, string, Buffer?]> = [
		['late-size.jpg', 'is 120 × 90 pixels; each side must be at least 300. Use a larger picture'],
		[
			'animated.webp',
			'is an animated WebP; it must be a still picture. Save one of its pictures as JPEG or PNG',
		],
		['photo.jpg', CUT_OFF, start('photo.jpg')],
		['photo.png', CUT_OFF, start('photo.png')],
		['lossy.webp', CUT_OFF, start('lossy.webp')],
	];
	for (const [name, issue, bytes = media(name)] of images)
		test(`${name}, ${bytes.length} bytes: ${issue}`, async () => {
			const file = await keep(name, bytes);
			await refused(asImage, file, `Figure 1: file 'data' (${name}) ${issue}.`);
		});

	const codec = (name: string) => `is encoded as ${name}, which Kling may not read. H.264 is safe`;
	const turned =
		'is stored sideways (EXIF orientation 6) and may come out turned. Turn it upright and save it again';
	const odd: Array<[string, string]> = [
		['hevc.mp4', codec('HEVC (H.265)')],
		['av1.mp4', codec('AV1')],
		['vp9.mp4', codec('VP9')],
		['prores.mov', codec('ProRes')],
		['sideways.jpg', turned],
		['sideways.png', turned],
		['sideways.webp', turned],
		['cmyk.jpg', 'is in CMYK, as for print, and may come out looking different. Save it as RGB'],
		['animated.png', 'is an animated PNG, of which only the first picture counts'],
	];
	test.each(odd)('%s is sent with a warning', async (name, oddity) => {
		const file = await keep(name, media(name));
		const isVideo = file.mimeType.startsWith('video/');
		const outcome = await create(isVideo ? asVideo : asImage, [item({ data: file })]);
		expect(messageOf(outcome)).toBe('');
		expect(submits()).toHaveLength(1);
		const place = isVideo ? 'Reference video' : 'Figure 1';
		expect(outcome.items[0].json.warnings).toStrictEqual([
			`${place}: file 'data' (${name}) ${oddity}.`,
		]);
	});
});

describe("what 'Skip Checks' lifts", () => {
	const skipping = { options: { skipChecks: ['limits'] } };
	const lifted: Array<[IDataObject, string, string]> = [
		[asVideo, 'long-header-last.mp4', 'is 23 s long; it must be 3 to 10 s. Trim it'],
		[
			asImage,
			'animated.webp',
			'is an animated WebP; it must be a still picture. Save one of its pictures as JPEG or PNG',
		],
		[
			asImage,
			'late-size.jpg',
			'is 120 × 90 pixels; each side must be at least 300. Use a larger picture',
		],
	];
	for (const [parameters, name, issue] of lifted)
		test(`${name}, with a warning`, async () => {
			const outcome = await create({ ...parameters, ...skipping }, [
				item({ data: inMemory(name) }),
			]);
			expect(messageOf(outcome)).toBe('');
			expect(submits()).toHaveLength(1);
			const place = parameters === asVideo ? 'Reference video' : 'Figure 1';
			expect(outcome.items[0].json.warnings).toStrictEqual([
				`${place}: file 'data' (${name}) ${issue}.`,
			]);
		});

	for (const [parameters, name] of [
		[asVideo, 'clip.webm'],
		[asImage, 'picture.gif'],
		[asImage, 'picture.heic'],
	] as const)
		test(`${name}: RunComfy decides`, async () => {
			const outcome = await create({ ...parameters, ...skipping }, [
				item({ data: inMemory(name) }),
			]);
			expect(messageOf(outcome)).toBe('RunComfy rejected the inputs of this order.');
			expect(submits()).toHaveLength(1);
		});

	const firm: Array<[IDataObject, IBinaryData, RegExp]> = [
		[asVideo, inMemory('sound-only.mp4'), /has sound, but no picture/],
		[asVideo, inMemory('photo.jpg'), /is a JPEG file, but must be an MP4 or MOV video/],
		[asVideo, inMemory('clip.mp4', padded('clip.mp4', 32 * MIB + 1)), /the limit is 32 MiB/],
		[asImage, inMemory('picture.gif', padded('picture.gif', 7 * MIB)), /the limit is 6 MiB/],
		[asImage, inMemory('photo.jpg', media('photo.jpg').subarray(0, 900)), /is cut off/],
		[asImage, asPng(Buffer.from('hello')), /is text that begins with 'hello'/],
		[asImage, asPng(Buffer.from('%PDF-1.4')), /is a PDF file/],
		[asImage, asPng(Buffer.alloc(0)), /is empty/],
	];
	for (const [parameters, file, message] of firm)
		test(`not: ${message.source}`, async () => {
			const options = { ...skipping.options, sendFilesAs: 'data' };
			const outcome = await create({ ...parameters, options }, [item({ data: file })]);
			expect(messageOf(outcome)).toMatch(message);
			expect(submits()).toHaveLength(0);
		});
});

describe('references that cannot be found or sent', () => {
	const file = inMemory('photo.png');
	const field = "'Input Data Field Name'";
	const cases: Array<[IDataObject, string]> = [
		[
			{ referenceImages: images('photo') },
			`${field}: the item has no file 'photo'. Files there: data`,
		],
		[
			{ referenceImages: images('data', 'photo_*') },
			`${field} of reference image 2: the item has no file that matches 'photo_*'. Files there: data`,
		],
		[
			{ referenceImages: images('={{ "" }}') },
			`${field} is empty. Give the name of the field that holds the file`,
		],
		[
			{ referenceVideo: 'binary', videoBinaryPropertyName: 'clip' },
			`${field} of the reference video: the item has no file 'clip'. Files there: data`,
		],
		[
			{ referenceImages: images('={{ [{ name: "data" }] }}') },
			`${field} must be the name of the field that holds the file, such as data (got '{"name":"data"}')`,
		],
		[
			{ referenceImages: { image: [{ source: '={{ "file" }}', binaryPropertyName: 'data' }] } },
			"'Source' must be one of binary, url (got 'file')",
		],
		[
			{ referenceVideo: '={{ "link" }}', videoUrl: 'https://example.com/a.mp4' },
			"'Reference Video' must be one of none, binary, url (got 'link')",
		],
		[url('={{ "" }}'), "'URL' is empty. Give a link that starts with https://"],
		[
			url('http://example.com/a.png'),
			"'URL': 'http://example.com/a.png' does not start with https://. RunComfy only reads https links",
		],
		[
			url('https://192.168.0.2/a.png'),
			"'URL': 'https://192.168.0.2/a.png' is an address inside your own network, which RunComfy cannot reach. Use the file itself as input instead",
		],
		[
			{ ...url('https://drive.google.com/file/d/1/view'), options: { skipChecks: [] } },
			"'URL': 'https://drive.google.com/file/d/1/view' leads to a Google Drive page: download the file with the Google Drive node and use it as a file",
		],
		[
			url('={{ [{ link: 1 }] }}'),
			`'URL': '{"link":1}' is an object. Give its link, for example {{ $json.files.map((file) => file.url) }}`,
		],
		[
			{ referenceVideo: 'url', videoUrl: 'https://example.com/a.mp4, https://example.com/b.mp4' },
			"'Video URL' has several links. Give one",
		],
		[many(8), "'Reference Images' finds 8 images; the limit is 7. Leave some out"],
		[
			{ ...many(8), model: FOUR_K },
			"'Reference Images' finds 8 images; the limit is 7. Leave some out",
		],
		[
			{
				...many(5),
				...asVideo,
				videoBinaryPropertyName: '={{ undefined }}',
				referenceVideo: 'url',
				videoUrl: 'https://example.com/a.mp4',
			},
			"'Reference Images' finds 5 images; the limit is 4 beside a reference video. Leave some out",
		],
	];
	for (const [parameters, message] of cases)
		test(message, async () => await refused(parameters, file, `${message}.`));

	test('no file at all', async () => {
		const outcome = await create({ referenceImages: images('*') });
		expect(messageOf(outcome)).toBe(
			"'Input Data Field Name': the item has no file that matches '*'. It has no files at all: check what the previous node returns.",
		);
	});

	test('files, but no image among them', async () => {
		await refused(
			{ referenceImages: images('*') },
			{ data: 'aGVsbG8=', mimeType: 'text/plain' },
			"'Reference Images' finds no image in the input. Files there: data.",
		);
	});

	test('a video where an image is asked for', async () => {
		const outcome = await create({ ...asVideo, ...asImage }, [item({ data: clip({}) })]);
		expect(messageOf(outcome)).toMatch(/Figure 1: file 'data' \(clip.mp4\) is an MP4 file/);
	});

	test('more than a request may hold', async () => {
		const big = padded('photo.png', 6 * MIB);
		const binary = Object.fromEntries([1, 2, 3, 4].map((n) => [`photo_${n}`, asPng(big)]));
		binary.clip = inMemory('clip.mp4', padded('clip.mp4', 25 * MIB));
		const outcome = await create(
			{
				referenceImages: images('photo_*'),
				...asVideo,
				videoBinaryPropertyName: 'clip',
				options: { sendFilesAs: 'data' },
			},
			[item(binary)],
		);
		expect(submits()).toHaveLength(0);
		expect(messageOf(outcome)).toBe(
			"The files make a request of 65.4 MiB; the limit is 64 MiB. Use smaller files, or set 'Send Files As' under Options to Auto.",
		);
	});
});
