import { factsOf } from '../../dist/nodes/RunComfy/order/files/facts.js';
import { Movie } from '../../dist/nodes/RunComfy/order/files/movie.js';
import { parse } from '../../dist/nodes/RunComfy/order/files/parse.js';
import { readMovie } from '../../dist/nodes/RunComfy/order/files/readMovie.js';
import { headerOf } from '../../dist/nodes/RunComfy/order/files/videoHeader.js';
import { media } from '../fixtures/media.mts';

/** What a movie says of itself that starts with these bytes; `totalBytes` is the size of all of it. */
function videoHeaderOf(head: Buffer, totalBytes?: number) {
	const read = (at: number, length: number) => head.subarray(at, at + length);
	const movie = new Movie();
	parse(readMovie(movie, totalBytes), read, totalBytes);
	return headerOf(movie);
}

/** A box of an ISO media file, with its size in 32 or in 64 bits (ISO/IEC 14496-12, 4.2). */
function box(type: string, content: Buffer, wide = false): Buffer {
	const head = Buffer.alloc(wide ? 16 : 8);
	head.writeUInt32BE(wide ? 1 : head.length + content.length, 0);
	head.write(type, 4, 'latin1');
	if (wide) head.writeBigUInt64BE(BigInt(head.length + content.length), 8);
	return Buffer.concat([head, content]);
}

const boxes = (type: string, ...content: Buffer[]) => box(type, Buffer.concat(content));

/** Numbers of 32 bits; the first one of many boxes is its version and flags. */
function u32(...values: number[]): Buffer {
	const content = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) content.writeUInt32BE(value, index * 4);
	return content;
}

/** Movie header, version 0 or 1: times are 32 or 64 bits wide (8.2.2). */
function mvhd(version: 0 | 1, timescale: number, duration: bigint, type = 'mvhd'): Buffer {
	const content = Buffer.alloc(version ? 112 : 100);
	content[0] = version;
	content.writeUInt32BE(timescale, version ? 20 : 12);
	if (version) content.writeBigUInt64BE(duration, 24);
	else content.writeUInt32BE(Number(duration), 16);
	return box(type, content);
}

/** A media header begins alike (8.4.2). */
const mdhd = (timescale: number, duration: number) => mvhd(0, timescale, BigInt(duration), 'mdhd');

interface More {
	handler?: string;
	id?: number;
	/** a, b, c and d of the matrix by which the picture is turned (6.2.2). */
	matrix?: number[];
	mdhd?: Buffer;
	/** Boxes of the sample table. */
	stbl?: Buffer[];
}

/** A track with its picture size in 16.16 fixed point (8.3.2). */
function trak(
	version: 0 | 1,
	width: number,
	height: number,
	{ handler = width ? 'vide' : 'soun', id = 1, matrix = [1, 0, 0, 1], mdhd, stbl = [] }: More = {},
): Buffer {
	const content = Buffer.alloc(version ? 96 : 84);
	content[0] = version;
	content.writeUInt32BE(id, version ? 20 : 12);
	for (const [index, at] of [0, 4, 12, 16].entries())
		content.writeInt32BE(matrix[index] * 65536, content.length - 44 + at);
	content.writeUInt32BE(width * 65536, content.length - 8);
	content.writeUInt32BE(height * 65536, content.length - 4);
	const hdlr = box('hdlr', Buffer.from(`\0\0\0\0\0\0\0\0${handler}`));
	const minf = box('minf', boxes('stbl', ...stbl));
	return boxes('trak', box('tkhd', content), boxes('mdia', ...(mdhd ? [mdhd] : []), hdlr, minf));
}

const stsd = (codec: string) => box('stsd', Buffer.concat([u32(0, 1, 16), Buffer.from(codec)]));
const stts = (entries: number) => box('stts', u32(0, entries, ...Array(entries * 2).fill(1)));

const movie = (...content: Buffer[]) => boxes('moov', ...content);
const hd = { seconds: 4, width: 1280, height: 720 };

describe('what an MP4 or MOV says of itself', () => {
	const turned = (...matrix: number[]) => movie(trak(0, 1280, 720, { matrix }));
	const cases: Array<[string, Buffer, object]> = [
		['an MP4', media('clip.mp4'), { ...hd, codec: 'avc1' }],
		['a MOV', media('clip.mov'), { ...hd, codec: 'avc1' }],
		[
			'an MP4 with its index at the end, seen from the start',
			media('clip-index-last.mp4').subarray(0, 200),
			{},
		],
		['times of 64 bits', movie(mvhd(1, 1000, 4000n), trak(1, 1280, 720)), hd],
		[
			'boxes with sizes of 64 bits',
			Buffer.concat([box('free', Buffer.alloc(9), true), box('moov', mvhd(0, 10, 40n), true)]),
			{ seconds: 4 },
		],
		[
			'sound before the picture',
			movie(trak(0, 0, 0), trak(0, 1280, 720)),
			{ width: 1280, height: 720 },
		],
		[
			'subtitles and a preview beside the picture',
			movie(trak(0, 1280, 60), trak(0, 1280, 720), trak(0, 160, 90)),
			{ width: 1280, height: 720 },
		],
		[
			'subtitles that are larger than the picture',
			movie(trak(0, 1920, 1080, { handler: 'sbtl' }), trak(0, 1280, 720)),
			{ width: 1280, height: 720 },
		],
		['a picture turned by 90°', turned(0, 1, -1, 0), { width: 720, height: 1280 }],
		['a picture turned by 270°', turned(0, -1, 1, 0), { width: 720, height: 1280 }],
		['a picture turned by 180°', turned(-1, 0, 0, -1), { width: 1280, height: 720 }],
		['a picture without a matrix', turned(0, 0, 0, 0), { width: 1280, height: 720 }],
		[
			'the codec of the largest picture',
			movie(
				trak(0, 160, 90, { stbl: [stsd('jpeg')] }),
				trak(0, 1280, 720, { stbl: [stsd('hvc1')] }),
				trak(0, 0, 0, { stbl: [stsd('mp4a')] }),
			),
			{ width: 1280, height: 720, codec: 'hvc1' },
		],
		[
			'a codec that is no text',
			movie(trak(0, 9, 9, { stbl: [stsd('\0\x01~~')] })),
			{ width: 9, height: 9 },
		],
		['sound only', movie(trak(0, 0, 0)), { isSoundOnly: true }],
		[
			'sound beside a picture of an unknown kind',
			movie(trak(0, 0, 0), trak(0, 9, 9, { handler: 'qtvr' })),
			{},
		],
		['no tracks', movie(), {}],
		['sound, and a header that goes on', movie(trak(0, 0, 0), trak(0, 9, 9)).subarray(0, 180), {}],
		[
			'a length that only the track knows',
			movie(mvhd(0, 1000, 0n), trak(0, 1280, 720, { mdhd: mdhd(30, 120), stbl: [stts(1)] })),
			hd,
		],
		['a length that is not known', movie(mvhd(0, 1000, 0xffffffffn)), {}],
		['a length that is not known, in 64 bits', movie(mvhd(1, 1000, 0xffffffffffffffffn)), {}],
		['a fragmented file, which gives no length', movie(mvhd(0, 1000, 0n)), {}],
		['no time scale', movie(mvhd(0, 0, 40n)), {}],
		['a header that is too short', movie(box('mvhd', u32(0, 0, 0, 9))), {}],
		['a box that claims to be smaller than its head', Buffer.from('\0\0\0\x02moov', 'latin1'), {}],
		['a box that reaches to the end of the file', Buffer.from('\0\0\0\0mdat....', 'latin1'), {}],
		[
			'a box that reaches beyond the one it is in',
			movie(Buffer.concat([u32(999), Buffer.from('mvhd'), u32(...Array(99).fill(1))])),
			{},
		],
		['nothing', Buffer.alloc(0), {}],
	];
	test.each(cases)('%s', (_title, head, expected) =>
		expect(videoHeaderOf(head)).toStrictEqual(expected),
	);

	test('a long header, as far as its length', () => {
		const tables = box('stsz', Buffer.alloc(70_000));
		const file = movie(mvhd(0, 1000, 4000n), trak(0, 1280, 720, { stbl: [stsd('avc1'), tables] }));
		expect(videoHeaderOf(file.subarray(0, 65536))).toStrictEqual({ ...hd, codec: 'avc1' });
	});

	const names = [
		...['clip.mp4', 'clip.mov', 'clip-index-last.mp4', 'long-header-last.mp4', 'turned.mp4'],
		...['long-fragmented.mp4', 'long-partly-fragmented.mp4', 'long-indexed.mp4'],
		...['sound-only.mp4'],
	];
	test.each(names)('any cut of %s gives what the whole gives, or less', (name) => {
		const file = media(name);
		const { type, video: whole = {}, ...rest } = factsOf(file, file.length);
		expect(type).toBeTruthy();
		expect(rest).toStrictEqual({});
		const step = name.startsWith('clip') ? 1 : 3;
		for (let length = 0; length < file.length; length += step) {
			const head = file.subarray(0, length);
			for (const facts of [factsOf(head), factsOf(head, file.length)]) {
				expect(facts.isCutOff).toBeUndefined();
				for (const [key, value] of Object.entries(facts.video ?? {}))
					expect([`${key}, ${length} bytes`, value]).toStrictEqual([
						`${key}, ${length} bytes`,
						whole[key as keyof typeof whole],
					]);
			}
		}
	});
});

describe('the length of a fragmented movie', () => {
	const track = (id: number, inHeader = 0) =>
		trak(0, id === 1 ? 1280 : 0, id === 1 ? 720 : 0, {
			id,
			mdhd: mdhd(10, 20),
			stbl: [stts(inHeader)],
		});
	const trex = (id: number, duration: number) => box('trex', u32(0, id, 1, duration, 0, 0));
	const header = (...mvex: Buffer[]) =>
		movie(mvhd(0, 1000, 1n), track(1), track(2), boxes('mvex', ...mvex));
	const tfhd = (flags: number, ...content: number[]) => box('tfhd', u32(flags, ...content));
	const trun = (flags: number, ...content: number[]) => box('trun', u32(flags, ...content));
	const moof = (...content: Buffer[]) => boxes('moof', boxes('traf', ...content));
	const mdat = box('mdat', Buffer.alloc(10));
	const sidx = (version: 0 | 1, sizes: number[], firstOffset = 0) =>
		box(
			'sidx',
			Buffer.concat([
				u32(
					version * 0x1000000,
					1,
					1000,
					...(version ? [0, 0, 0] : [0]),
					firstOffset,
					sizes.length,
				),
				...sizes.map((size) => u32(size, 2000, 0)),
			]),
		);
	const fragments = [moof(tfhd(0, 1), trun(0, 20)), mdat, moof(tfhd(0, 1), trun(0, 20)), mdat];
	const size = Buffer.concat(fragments).length / 2;

	const cases: Array<[string, Buffer[], number | undefined]> = [
		['durations of the track', [header(trex(1, 1)), ...fragments], 4],
		[
			'durations of the track, before it',
			[movie(boxes('mvex', trex(1, 1)), track(1)), ...fragments],
			4,
		],
		['durations of the fragment', [header(), moof(tfhd(8, 1, 4), trun(0, 10)), mdat], 4],
		[
			'durations of the fragment behind other fields',
			[header(trex(1, 1)), moof(tfhd(0x3b, 1, 0, 9, 9, 4, 9, 9), trun(5, 10, 9, 9)), mdat],
			4,
		],
		[
			'durations of each sample',
			[header(trex(1, 1)), moof(tfhd(0, 1), trun(0x100, 3, 10, 10, 20)), mdat],
			4,
		],
		[
			'durations of each sample among other fields',
			[header(trex(1, 1)), moof(tfhd(0, 1), trun(0xf05, 2, 9, 9, 30, 8, 8, 8, 10, 8, 8, 8)), mdat],
			4,
		],
		[
			'two runs in a fragment',
			[header(trex(1, 1)), moof(tfhd(0, 1), trun(0, 30), trun(0, 10)), mdat],
			4,
		],
		[
			'the longest track',
			[header(trex(1, 1), trex(2, 1)), moof(tfhd(0, 2), trun(0, 50)), mdat, ...fragments],
			5,
		],
		[
			'the first samples in the header',
			[movie(mvhd(0, 1000, 1n), track(1, 1), boxes('mvex', trex(1, 1))), mdat, ...fragments],
			6,
		],
		['what the header says of all fragments', [header(box('mehd', u32(0, 4000))), moof()], 4],
		['the same in 64 bits', [header(box('mehd', u32(0x1000000, 0, 4000))), moof()], 4],
		['an index', [header(), sidx(0, [size, size]), ...fragments], 4],
		['an index in 64 bits', [header(), sidx(1, [size, size]), ...fragments], 4],
		[
			'an index some bytes before',
			[header(), sidx(0, [size, size], 9), box('free', Buffer.alloc(1)), ...fragments],
			4,
		],
		[
			'an index of a part, and the fragments',
			[header(trex(1, 1)), sidx(0, [size]), ...fragments],
			4,
		],
		[
			'an index without a time scale',
			[header(), box('sidx', u32(0, 1, 0, 0, 0, 1, size * 2, 2000, 0)), ...fragments],
			undefined,
		],
		[
			'a track that is not there',
			[header(trex(3, 1)), moof(tfhd(0, 3), trun(0, 20)), mdat],
			undefined,
		],
		['a run without a fragment', [header(trex(1, 1)), moof(trun(0, 20)), mdat], undefined],
		[
			'a run that is too short',
			[header(trex(1, 1)), moof(tfhd(0, 1), trun(0x100), trun(0x100, 9)), mdat],
			undefined,
		],
		['no fragments', [header(trex(1, 1)), mdat], undefined],
		['a few bytes after the last fragment', [header(trex(1, 1)), ...fragments, Buffer.alloc(7)], 4],
	];
	test.each(cases)('%s', (_title, parts, expected) => {
		const file = Buffer.concat(parts);
		const { seconds } = videoHeaderOf(file, file.length);
		expect(seconds).toBe(expected);
	});

	test('is not known before the last fragment', () => {
		const file = Buffer.concat([header(trex(1, 1)), ...fragments]);
		expect(videoHeaderOf(file.subarray(0, -size), file.length).seconds).toBeUndefined();
		expect(videoHeaderOf(file).seconds).toBeUndefined();
	});

	test('is known from the head where an index reaches to the end', () => {
		const file = Buffer.concat([header(), sidx(0, [size, size]), ...fragments]);
		expect(videoHeaderOf(file.subarray(0, -size), file.length).seconds).toBe(4);
	});
});

describe('a video that is cut off', () => {
	const cut = (file: Buffer) => factsOf(file, file.length).isCutOff;

	test.each(['clip.mp4', 'clip.mov', 'clip-index-last.mp4', 'long-header-last.mov'])(
		'%s',
		(name) => {
			const file = media(name);
			for (let length = 16; length < file.length; length++)
				expect([`${length} bytes`, cut(file.subarray(0, length))]).toStrictEqual([
					`${length} bytes`,
					true,
				]);
			expect(cut(file)).toBeUndefined();
		},
	);

	test('fragments show it within a fragment', () => {
		const file = media('long-fragmented.mp4');
		const fragment = file.indexOf('moof', file.length / 2) - 4;
		expect(cut(file.subarray(0, fragment))).toBeUndefined();
		expect(cut(file.subarray(0, fragment + 20))).toBe(true);
		const data = file.indexOf('mdat', fragment) - 4;
		expect(cut(file.subarray(0, data + 20))).toBe(true);
	});

	test('an index shows it anywhere', () => {
		const file = media('long-indexed.mp4');
		for (let length = 16; length < file.length; length += 7)
			expect([`${length} bytes`, cut(file.subarray(0, length))]).toStrictEqual([
				`${length} bytes`,
				true,
			]);
	});

	test('a recording that was never finished has no header', () => {
		const unfinished = Buffer.concat([
			box('ftyp', Buffer.from('isom\0\0\0\0')),
			u32(0),
			Buffer.from('mdat'),
			Buffer.alloc(100),
		]);
		expect(cut(unfinished)).toBe(true);
	});

	test('bytes after the end are none of its business', () => {
		for (const name of [
			'clip.mp4',
			'clip-index-last.mp4',
			'long-fragmented.mp4',
			'long-indexed.mp4',
		])
			for (const rest of [Buffer.alloc(3), Buffer.alloc(99), Buffer.alloc(99, 'garbage ')])
				expect([name, cut(Buffer.concat([media(name), rest]))]).toStrictEqual([name, undefined]);
	});
});
