import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { decoderOf } from '../../dist/nodes/RunComfy/order/files/base64.js';
import {
	factsOf,
	factsOfBytes,
	factsOfStream,
} from '../../dist/nodes/RunComfy/order/files/facts.js';
import { media } from '../fixtures/media.mts';

const NAMES = readdirSync(new URL('../fixtures/media', import.meta.url));
const KIB = 1024;

/** A file as a stream of chunks, the sizes of which come round. */
async function* streamOf(file: Buffer, sizes: number[]): AsyncGenerator<Buffer> {
	for (let at = 0, index = 0; at < file.length; index++) {
		const size = sizes[index % sizes.length];
		yield Buffer.from(file.subarray(at, at + size));
		at += size;
	}
}

/** A real file, of which some bytes may be changed, some may be missing, and others may follow. */
const files = fc
	.record({
		name: fc.constantFrom(...NAMES),
		changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
		length: fc.option(fc.nat(), { freq: 3 }),
		rest: fc.uint8Array({ maxLength: 40 }),
	})
	.map(({ name, changes, length, rest }) => {
		const file = media(name);
		// Most of what counts is at the start.
		for (const [at, value] of changes) file[at % Math.min(file.length, 2000)] = value;
		const cut = file.subarray(0, length === null ? file.length : length % (file.length + 1));
		return Buffer.concat([cut, rest]);
	});

/** Bytes that begin as a file that is looked into. */
const odd = fc
	.tuple(
		fc.constantFrom(
			Buffer.from('ffd8ff', 'hex'),
			Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
			Buffer.from('RIFF\x99\0\0\0WEBPVP8X\x0a\0\0\0\x0a'),
			Buffer.from('\0\0\0\x08moov\0\0\0\x7cmoov\0\0\0\x6ctrak'),
			Buffer.from('\0\0\0\x08ftyp\0\0\x01\0moof\0\0\0\xf0traf'),
		),
		fc.uint8Array({ maxLength: 500 }),
	)
	.map((parts) => Buffer.concat(parts));

describe('whatever a file holds', () => {
	test('it is read in as many steps as it has bytes, or fewer, and nothing is thrown', () => {
		fc.assert(
			fc.property(fc.oneof(files, odd), (file) => {
				let steps = 0;
				factsOfBytes((at, length) => {
					expect(++steps).toBeLessThanOrEqual(file.length + 2);
					return file.subarray(at, at + length);
				}, file.length);
			}),
			{ numRuns: 3000 },
		);
	});

	test('its head alone is never cut off', () => {
		fc.assert(
			fc.property(fc.oneof(files, odd), (file) => {
				expect(factsOf(file).isCutOff).toBeUndefined();
				expect(() => factsOf(file, file.length * 2)).not.toThrow();
			}),
			{ numRuns: 1000 },
		);
	});

	test('it tells the same in memory, as base64 and as a stream', async () => {
		const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
		await fc.assert(
			fc.asyncProperty(fc.oneof(files, odd), sizes, async (file, chunks) => {
				const facts = factsOf(file, file.length);
				const base64 = file.toString('base64');
				expect(factsOfBytes(decoderOf(base64).read, file.length)).toStrictEqual(facts);
				expect(await factsOfStream(streamOf(file, chunks), file.length)).toStrictEqual(facts);
			}),
			{ numRuns: 500 },
		);
	});
});

test('base64 text is decoded where it is asked for, in every alphabet', () => {
	const bytes = Buffer.from([...Array(100).keys()].map((n) => n * 91));
	const texts = [
		bytes.toString('base64'),
		bytes.toString('base64url'),
		bytes.toString('base64').replace(/.{10}/g, '$&\r\n'),
	];
	for (const text of texts) {
		expect(decoderOf(text).bytes).toBe(bytes.length);
		for (const [at, length] of [
			[0, 1],
			[0, 100],
			[1, 1],
			[2, 5],
			[50, 50],
			[98, 9],
			[100, 1],
		])
			expect(decoderOf(text).read(at, length)).toStrictEqual(bytes.subarray(at, at + length));
	}
});

describe('a large file that comes as a stream', () => {
	const SIZE = 30 * KIB * KIB;
	/** The largest number of bytes in chunks that were not released, and the number of bytes read. */
	const load = { held: 0, read: 0 };

	async function* watched(parts: Array<Buffer | number>): AsyncGenerator<Buffer> {
		const chunks: Buffer[] = [];
		Object.assign(load, { held: 0, read: 0 });
		for (const part of parts) {
			const length = typeof part === 'number' ? part : part.length;
			for (let at = 0; at < length; at += 64 * KIB) {
				const size = Math.min(64 * KIB, length - at);
				const chunk = Buffer.from(new ArrayBuffer(size));
				if (typeof part !== 'number') part.copy(chunk, 0, at);
				chunks.push(chunk);
				load.held = Math.max(
					load.held,
					chunks.reduce((sum, { length }) => sum + length, 0),
				);
				load.read += size;
				yield chunk;
			}
		}
	}

	/** clip-index-last.mp4, whose media is as much larger. */
	function withLargeMedia() {
		const file = media('clip-index-last.mp4');
		const mdat = file.indexOf('mdat') - 4;
		const end = mdat + file.readUInt32BE(mdat);
		file.writeUInt32BE(file.readUInt32BE(mdat) + SIZE, mdat);
		return { parts: [file.subarray(0, end), SIZE, file.subarray(end)], total: file.length + SIZE };
	}

	test('passes without being held, when its header is at the end', async () => {
		const { parts, total } = withLargeMedia();
		const { video, isCutOff } = await factsOfStream(watched(parts), total);
		expect(video).toStrictEqual({ seconds: 4, width: 1280, height: 720, codec: 'avc1' });
		expect(isCutOff).toBeUndefined();
		expect(load.read).toBe(total);
		expect(load.held).toBeLessThanOrEqual(128 * KIB);
	});

	test('is left where it is cut off', async () => {
		const { parts, total } = withLargeMedia();
		const { isCutOff } = await factsOfStream(watched(parts), total - 2000);
		expect(isCutOff).toBe(true);
		expect(load.read).toBeLessThan(128 * KIB);
	});

	test('is left as soon as everything is known', async () => {
		const file = media('clip.mp4');
		const mdat = file.indexOf('mdat') - 4;
		file.writeUInt32BE(file.readUInt32BE(mdat) + SIZE, mdat);
		const { video } = await factsOfStream(watched([file, SIZE]), file.length + SIZE);
		expect(video?.seconds).toBe(4);
		expect(load.read).toBeLessThan(128 * KIB);
	});

	test('is left after 256 MiB, which no way of sending takes', async () => {
		const large = 300 * KIB * KIB;
		const file = Buffer.from('\0\0\0\x08wide\0\0\0\x01mdat\0\0\0\0\x30\0\0\0', 'latin1');
		const { type } = await factsOfStream(watched([file, large]), large * 4);
		expect(type?.mime).toBe('video/quicktime');
		expect(load.read).toBeLessThan(257 * KIB * KIB);
	});

	test('is an image to its end', async () => {
		const jpeg = media('photo.jpg');
		const parts = [jpeg.subarray(0, -2), SIZE, jpeg.subarray(-2)];
		const { image, isCutOff } = await factsOfStream(watched(parts), jpeg.length + SIZE);
		expect([image?.width, isCutOff]).toStrictEqual([640, undefined]);
		expect(load.held).toBeLessThanOrEqual(192 * KIB);
	});
});
