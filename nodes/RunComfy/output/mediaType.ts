import { FILE_TYPES, fileTypeOf, type FileType } from '../order/files/fileType';
import type { Arrival, Delivery } from '../wait/delivery';

/** Types that hosts send in place of a file: a page, a message. */
const TEXT = /^text\/|^application\/(json|xml|problem|xhtml)/;
const TEXT_ENDING = /\.(txt|md|json|csv|srt|vtt|xml)$/i;

/** Containers of video or of sound alone; the first bytes do not show which. */
const CONTAINERS: FileType[] = [FILE_TYPES.mp4, FILE_TYPES.webm, FILE_TYPES.gpp];

const UNKNOWN = { mimeType: 'application/octet-stream', ending: '.bin' };

const typeBy = (fits: (type: FileType) => boolean) => Object.values(FILE_TYPES).find(fits);

/**
 * The type of a file of any kind: by its first bytes, else by what its host calls it, else by its name.
 * Undefined for a page or a message in place of a file.
 */
export const mediaTypeOf: Delivery['typeOf'] = ({ url, mimeType, head }: Arrival) => {
	const byBytes = fileTypeOf(head);
	if (byBytes === FILE_TYPES.html) return undefined;
	const byHeader = typeBy(({ mime }) => mime === mimeType);
	if (byBytes && mimeType.startsWith('audio/') && CONTAINERS.includes(byBytes))
		return { mimeType, endings: (byHeader ?? byBytes).endings };
	if (byBytes) return { mimeType: byBytes.mime, endings: byBytes.endings };

	const [name] = new URL(url).pathname.toLowerCase().split('/').slice(-1);
	const [ending] = /\.[a-z\d]{1,5}$/.exec(name) ?? [];
	if (TEXT.test(mimeType) && !TEXT_ENDING.test(name)) return undefined;
	if (byHeader) return { mimeType, endings: byHeader.endings };
	const isSpecific = mimeType !== '' && !mimeType.endsWith('/octet-stream');
	const byName = typeBy(({ endings }) => endings.includes(ending ?? ''));
	return {
		mimeType: isSpecific ? mimeType : (byName?.mime ?? UNKNOWN.mimeType),
		endings: [ending ?? UNKNOWN.ending],
	};
};
