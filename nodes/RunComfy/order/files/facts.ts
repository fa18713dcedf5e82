import { fileTypeOf, type FileType } from './fileType';
import { imageSizeOf, type Size } from './imageSize';
import { videoHeaderOf, type VideoHeader } from './videoHeader';

/** What the bytes of a file tell of it, as far as they were read. */
export interface FileFacts {
	type?: FileType;
	pixels?: Size;
	video?: VideoHeader;
}

/** What the first bytes of a file tell. */
export function factsOf(head: Buffer): FileFacts {
	const type = fileTypeOf(head);
	return {
		type,
		pixels: type?.kind === 'image' ? imageSizeOf(head) : undefined,
		video: type?.kind === 'video' ? videoHeaderOf(head) : undefined,
	};
}
