// First, since it sets where n8n-core keeps its files.
import './harness.mts';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IBinaryData } from 'n8n-workflow';

const fromN8n = createRequire(join(process.env.RUNCOMFY_TEST_N8N ?? '', 'package.json'));
const { BinaryDataService } = fromN8n('n8n-core');
const { Container } = fromN8n('@n8n/di');

let ready: Promise<void> | undefined;

/**
 * Puts a file on disk, where n8n keeps files by default. From the first one on, n8n-core keeps all
 * new files of this process there; before it, all are in memory.
 */
export async function onDisk(
	bytes: Buffer,
	about: Pick<IBinaryData, 'fileName' | 'mimeType'>,
): Promise<IBinaryData> {
	const store = Container.get(BinaryDataService);
	await (ready ??= store.init());
	const location = { type: 'execution', workflowId: 'workflow', executionId: '1' };
	return await store.store(location, bytes, { ...about, data: '' });
}

/** Where a file on disk is. */
export const pathOf = ({ id }: IBinaryData): string =>
	Container.get(BinaryDataService).getPath(id ?? '');
