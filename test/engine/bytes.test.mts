import { appendFileSync, rmSync, truncateSync } from 'node:fs';
import type { IBinaryData } from 'n8n-workflow';
import type { DataUri } from '../../simulator/index.mts';
import { about, inMemory, media, padded } from '../fixtures/media.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { sha256 } from '../support/sha256.mts';
import { onDisk, pathOf } from './disk.mts';
import { bodies, create, images, item, messageOf, submits } from './buying.mts';

withSimulator();

const KIB = 1024;

/** Every rest mod 3, and sizes around the pieces that files are read in and that base64 goes out in. */
const SIZES = [
	...[300, 301, 302, 303, 304],
	...[36, 48, 64, 128, 192, 256].flatMap((kib) => [-1, 0, 1].map((offset) => kib * KIB + offset)),
	6 * KIB * KIB,
];

const kept: Array<[string, (bytes: Buffer) => Promise<IBinaryData>]> = [
	['in memory', async (bytes) => inMemory('photo.png', bytes)],
	['on disk', async (bytes) => await onDisk(bytes, about('photo.png'))],
];

describe.each(kept)('files %s arrive byte for byte', (_where, keep) => {
	test.each(SIZES)('%s bytes', async (size) => {
		const bytes = padded('photo.png', size);
		const outcome = await create({ referenceImages: images('data') }, [
			item({ data: await keep(bytes) }),
		]);
		expect(messageOf(outcome)).toBe('');
		const image = bodies()[0].images?.[0] as DataUri;
		expect([image.bytes, image.sha256]).toStrictEqual([size, sha256(bytes)]);
		expect(submits()[0].contentLength).toBe(submits()[0].bodyBytes);
	});

	test('seven images of 6 MiB, less a little, in one request', async () => {
		const files = [0, 1, 2, 3, 4, 5, 6].map((n) => padded('photo.png', 6 * KIB * KIB - n));
		const binaries = await Promise.all(files.map(keep));
		const binary = Object.fromEntries(binaries.map((file, n) => [`photo_${n}`, file]));
		await create({ referenceImages: images('photo_*') }, [item(binary)]);
		const sent = bodies()[0].images as DataUri[];
		expect(sent.map((image) => image.sha256)).toStrictEqual(files.map(sha256));
		expect(submits()[0].contentLength).toBe(submits()[0].bodyBytes);
	});
});

test.each([
	['shorter', (path: string) => truncateSync(path, 100_000)],
	['longer', (path: string) => appendFileSync(path, 'more')],
	['gone', (path: string) => rmSync(path)],
] as const)('a file that is %s than it was is not bought with', async (_what, change) => {
	const file = await onDisk(padded('photo.png', 200_000), about('photo.png'));
	change(pathOf(file));
	const outcome = await create({ referenceImages: images('data') }, [item({ data: file })]);
	expect(messageOf(outcome)).toMatch(/^File 'data' (could not|cannot) be read/);
	expect(simulator.jobs.size).toBe(0);
});

test('a video of 30 MiB on disk arrives byte for byte', async () => {
	const bytes = padded('clip.mp4', 30 * KIB * KIB + 1);
	const clip = await onDisk(bytes, about('clip.mp4'));
	await create({ referenceVideo: 'binary', videoBinaryPropertyName: 'clip' }, [item({ clip })]);
	expect((bodies()[0].video as DataUri).sha256).toBe(sha256(bytes));
});

test('files in memory and on disk go into one request, under any prompt', async () => {
	const clip = await onDisk(media('clip.mp4'), about('clip.mp4'));
	const binary = {
		clip,
		a: inMemory('photo.jpg'),
		b: await onDisk(media('lossy.webp'), about('lossy.webp')),
	};
	const outcome = await create(
		{
			prompt: '={{ $json.text }}',
			referenceImages: images('a, b'),
			referenceVideo: 'binary',
			videoBinaryPropertyName: 'clip',
		},
		[item(binary, { text: '🐈 "é"\u2028' })],
	);
	expect(messageOf(outcome)).toBe('');
	const { prompt, images: sent = [], video } = bodies()[0];
	expect(prompt).toBe('🐈 "é"\u2028');
	expect([...sent, video].map((file) => (file as DataUri).sha256)).toStrictEqual(
		['photo.jpg', 'lossy.webp', 'clip.mp4'].map((name) => sha256(media(name))),
	);
	expect(submits()[0].contentLength).toBe(submits()[0].bodyBytes);
});
