import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { videoHeaderOf } from '../../dist/nodes/RunComfy/order/files/videoHeader.js';
import { media } from '../fixtures/media.mts';

/** A box of an ISO media file, with its size in 32 or in 64 bits (ISO/IEC 14496-12, 4.2). */
function box(type: string, content: Buffer, wide = false): Buffer {
	const head = Buffer.alloc(wide ? 16 : 8);
	head.writeUInt32BE(wide ? 1 : head.length + content.length, 0);
	head.write(type, 4, 'latin1');
	if (wide) head.writeBigUInt64BE(BigInt(head.length + content.length), 8);
	return Buffer.concat([head, content]);
}

/** Movie header, version 0 or 1: times are 32 or 64 bits wide (8.2.2). */
function mvhd(version: 0 | 1, timescale: number, duration: bigint): Buffer {
	const content = Buffer.alloc(version ? 112 : 100);
	content[0] = version;
	content.writeUInt32BE(timescale, version ? 20 : 12);
	if (version) content.writeBigUInt64BE(duration, 24);
	else content.writeUInt32BE(Number(duration), 16);
	return box('mvhd', content);
}

/** A track with its picture size in 16.16 fixed point (8.3.2). */
function trak(version: 0 | 1, width: number, height: number): Buffer {
	const content = Buffer.alloc(version ? 96 : 84);
	content[0] = version;
	content.writeUInt32BE(width * 65536, content.length - 8);
	content.writeUInt32BE(height * 65536, content.length - 4);
	return box('trak', box('tkhd', content));
}

const movie = (...boxes: Buffer[]) => box('moov', Buffer.concat(boxes));
const hd = { seconds: 4, width: 1280, height: 720 };

describe('what an MP4 or MOV says of itself', () => {
	const cases: Array<[string, Buffer, object]> = [
		['an MP4', media('clip.mp4'), hd],
		['a MOV', media('clip.mov'), hd],
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
		['a length that is not known', movie(mvhd(0, 1000, 0xffffffffn)), {}],
		['a length that is not known, in 64 bits', movie(mvhd(1, 1000, 0xffffffffffffffffn)), {}],
		['a fragmented file, which gives no length', movie(mvhd(0, 1000, 0n)), {}],
		['no time scale', movie(mvhd(0, 0, 40n)), {}],
		['a box that claims to be smaller than its head', Buffer.from('\0\0\0\x02moov', 'latin1'), {}],
		['a box that reaches to the end of the file', Buffer.from('\0\0\0\0mdat....', 'latin1'), {}],
		['nothing', Buffer.alloc(0), {}],
	];
	for (const [title, head, expected] of cases)
		test(title, () => assert.deepEqual(videoHeaderOf(head), expected));

	test('any cut of a file gives what the whole gives, or less', () => {
		const file = media('clip.mp4');
		for (let length = 0; length < file.length; length++)
			for (const [key, value] of Object.entries(videoHeaderOf(file.subarray(0, length))))
				assert.equal(value, hd[key as keyof typeof hd], `${length} bytes`);
	});
});
