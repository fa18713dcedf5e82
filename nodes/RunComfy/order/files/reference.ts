import type { ReferenceFile } from './inspect';

/** Something a model is to look at: a link, or a file of an input item. */
export type Reference = { url: string } | { file: ReferenceFile };
