import type { Item } from '../run/item';
import type { Delivery } from '../wait/delivery';
import type { Downloaded, WantedFile } from './download';
import { fileNameOf } from './fileName';

/** The file of a dry run: a small real one, in place of a download. Its name says so, as the ID does. */
export async function sampleFile(
	{ context }: Item,
	delivery: Delivery,
	{ url, name, mark }: WantedFile,
	isNamed: boolean,
): Promise<Downloaded> {
	const { SAMPLES } = await import('./sample');
	const { mimeType, base64 } =
		Object.values(SAMPLES).find(({ ending }) => url.endsWith(ending)) ?? SAMPLES.video;
	const bytes = Buffer.from(base64, 'base64');
	const endings = delivery.typeOf({ url, mimeType, head: bytes })?.endings ?? [];
	const fileName = fileNameOf(name, endings, isNamed ? `${mark} (dry run)` : mark);
	const binary = await context.helpers.prepareBinaryData(bytes, fileName, mimeType);
	return { binary, bytes: bytes.length };
}
