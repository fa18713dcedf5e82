import type { IDataObject } from 'n8n-workflow';

import type { FileFacts } from './facts';
import type { ReferenceFile } from './inspect';

/** What a look at a link told of the file behind it; a field is missing where it did not reach. */
export interface Look extends FileFacts {
	/** As the host announces it. */
	bytes?: number;
}

/** A link, with what a look at it told, if somebody looked. */
export interface Link {
	url: string;
	look?: Look;
}

/** A link and the field it stands in, as a message names it. */
export interface LabelledLink {
	label: string;
	link: Link;
}

/** Something a model is to look at: a link, or a file of an input item. */
export type Reference = Link | { file: ReferenceFile };

/** A reference and what it is in its order. */
export interface PlacedReference {
	reference: Reference;
	/** How a message calls its place, such as Figure 1. */
	place: string;
	/** What it has to be: image, video, audio. */
	kind: string;
	/** What the output says of its place, such as the number of the figure. */
	about: IDataObject;
}
