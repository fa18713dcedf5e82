import type { IBinaryData } from 'n8n-workflow';

import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { WaitOptions } from '../run/waitOptions';
import { fileNameOf } from './fileName';

/** The file of a dry run: a small real one, in place of a download. Its name says so, as the ID does. */
export async function sampleFile(
	{ context }: Item,
	{ requestId }: Purchase,
	{ fileName }: WaitOptions,
): Promise<IBinaryData> {
	const { base64, mimeType } = (await import('./sample')).SAMPLES.video;
	const name = fileName === undefined ? fileNameOf(requestId) : fileNameOf(fileName, ' (dry run)');
	return await context.helpers.prepareBinaryData(Buffer.from(base64, 'base64'), name, mimeType);
}
