import type { FileFacts } from './facts';
import type { ReferenceFile } from './inspect';

/** What a look at a link told of the file behind it; a field is missing where it did not reach. */
export interface Look extends FileFacts {
	/** As the host announces it. */
	bytes?: number;
}

/** Something a model is to look at: a link, or a file of an input item. */
export type Reference = { url: string; look?: Look } | { file: ReferenceFile };
