import { readFileSync } from 'node:fs';
import type { IBinaryData } from 'n8n-workflow';
import { about, media } from '../fixtures/media.mts';
import { fileChunks } from '../../simulator/files.mts';
import { sha256 } from '../support/sha256.mts';
import { onDisk, pathOf, storedChunks } from './disk.mts';
import { Container, core } from './n8n.mts';
import { outcomes } from './checks.mts';
import { play } from './scenario.mts';

/** Many times what streams and sockets hold. */
const VIDEO_BYTES = 20_000_000;

type Storage = { store(...given: unknown[]): Promise<unknown> };

const videoOf = async () =>
	await play({ operation: 'waitForCompletion', simulator: { fileBytes: VIDEO_BYTES } });

describe('a video on disk', () => {
	let storage: Storage;
	let expected: string;

	beforeAll(async () => {
		await onDisk(media('photo.png'), about('photo.png'));
		const service = Container.get(core.BinaryDataService);
		storage = service.managers['filesystem-v2'];
		expected = sha256(Buffer.concat([...fileChunks(VIDEO_BYTES, 0, VIDEO_BYTES)]));
	});

	const assertWhole = (video: IBinaryData | undefined) => {
		expect(video?.id).toBeTruthy();
		expect(sha256(readFileSync(pathOf(video!)))).toBe(expected);
	};

	test('is what the host sent, while its chunks are released as they are written', async () => {
		const chunks = storedChunks();
		const played = await videoOf();
		assertWhole(outcomes(played).good[0].binary?.data);
		expect(played.requests).toStrictEqual(['status', 'result', 'file']);
		const kept = chunks.reduce((sum, { length }) => sum + length, 0);
		expect(kept).toBeLessThan(VIDEO_BYTES / 100);
	});

	test('is whole in the second try where the storage keeps the chunks it iterates over', async () => {
		const store = storage.store.bind(storage);
		jest.spyOn(storage, 'store').mockImplementation(async (...given: unknown[]) => {
			// The file is the last but one: n8n 1 gives where it belongs in two arguments, n8n 2 in one.
			const at = given.length - 2;
			const chunks: Buffer[] = [];
			for await (const chunk of given[at] as AsyncIterable<Buffer>) chunks.push(chunk);
			return await store(...given.with(at, Buffer.concat(chunks)));
		});
		const played = await videoOf();
		assertWhole(outcomes(played).good[0].binary?.data);
		expect(played.requests).toStrictEqual(['status', 'result', 'file', 'file']);
	});
});
