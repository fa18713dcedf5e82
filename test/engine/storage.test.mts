import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
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

type Storage = { store(location: unknown, file: unknown, ...about: unknown[]): Promise<unknown> };

const videoOf = async () =>
	await play({ operation: 'waitForCompletion', simulator: { fileBytes: VIDEO_BYTES } });

describe('a video on disk', () => {
	let storage: Storage;
	let expected: string;

	before(async () => {
		await onDisk(media('photo.png'), about('photo.png'));
		const service = Container.get(core.BinaryDataService);
		storage = service.managers['filesystem-v2'];
		expected = sha256(Buffer.concat([...fileChunks(VIDEO_BYTES, 0, VIDEO_BYTES)]));
	});

	const assertWhole = (video: IBinaryData | undefined) => {
		assert.ok(video?.id);
		assert.equal(sha256(readFileSync(pathOf(video))), expected);
	};

	test('is what the host sent, while its chunks are released as they are written', async (t) => {
		const chunks = storedChunks(t);
		const played = await videoOf();
		assertWhole(outcomes(played).good[0].binary?.data);
		assert.deepEqual(played.requests, ['status', 'result', 'file']);
		const kept = chunks.reduce((sum, { length }) => sum + length, 0);
		assert.ok(kept < VIDEO_BYTES / 100, `${kept} bytes were not released`);
	});

	test('is whole in the second try where the storage keeps the chunks it iterates over', async (t) => {
		const store = storage.store.bind(storage);
		t.mock.method(
			storage,
			'store',
			async (location: unknown, file: unknown, ...more: unknown[]) => {
				const chunks: Buffer[] = [];
				for await (const chunk of file as AsyncIterable<Buffer>) chunks.push(chunk);
				return await store(location, Buffer.concat(chunks), ...more);
			},
		);
		const played = await videoOf();
		assertWhole(outcomes(played).good[0].binary?.data);
		assert.deepEqual(played.requests, ['status', 'result', 'file', 'file']);
	});
});
