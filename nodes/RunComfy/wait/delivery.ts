import type { IDataObject } from 'n8n-workflow';

import type { FailureDetails } from '../api/failure';
import type { Service } from '../api/services';
import type { ResultFile } from '../api/types';

/** A file of a result, and what is known of it once it was downloaded. */
export interface DeliveredFile extends ResultFile {
	mime_type?: string;
	bytes?: number;
}

/** What is known of a file when its first bytes are there. */
export interface Arrival {
	url: string;
	/** As its host names it, in lower case. */
	mimeType: string;
	head: Buffer;
}

/** How a resource returns what its requests make. */
export interface Delivery {
	service: Service;
	/** What a request makes, as messages call it, such as "video". */
	noun: string;
	/** The field that turns the download off, as the form has it. */
	download: { name: string; displayName: string };
	/** Where an output item has the URLs. */
	urlField: string;
	/** The files of an output that are its result, in order; without any, there is no result. */
	filesOf(output: unknown): ResultFile[];
	/** The files as an output item names them. */
	json(files: DeliveredFile[]): IDataObject;
	/** The files as a Failure names them. */
	known(files: ResultFile[]): Pick<FailureDetails, 'videoUrl' | 'files'>;
	/** What the files of a request are called, unless the user says so. */
	nameOf(purchase: { requestId: string; target: string }): string;
	/**
	 * The type of a file, and the endings that its name may have, the usual one first; undefined when it is
	 * none that a request makes.
	 */
	typeOf(file: Arrival): { mimeType: string; endings: readonly string[] } | undefined;
}
