import { clean } from '../text/clean';
import type { ResultFile } from './types';

/** Whether a failed item has been paid for: decides if a retry may submit it again. */
export type Submitted = 'no' | 'yes' | 'unknown';

export interface FailureDetails {
	/** How to go on, in one or two sentences. */
	hint?: string;
	/** What RunComfy said, already shortened and cleaned. */
	reason?: string;
	/** What the network, a host or n8n said, for whoever looks into it; shortened and cleaned. */
	technical?: string;
	submitted: Submitted;
	/** The orders that would be refused for the same reason: all of the run, or those of the same model. */
	reach?: 'run' | 'model';
	requestId?: string;
	/** Fingerprint of the order that failed, where it was sent. */
	order?: string;
	status?: string;
	/** The request goes on; only the wait for it is over. */
	isUnfinished?: boolean;
	videoUrl?: string;
	/** The files that the request made, where there may be several. */
	files?: ResultFile[];
	/** What RunComfy returned where no URL was found in it, shortened and cleaned. */
	output?: unknown;
	errorCode?: number;
	httpStatus?: number;
}

/** What is known of a request when it fails. */
export type Known = Pick<FailureDetails, 'submitted'> & Partial<FailureDetails>;

/** Why an item has no result, in words for the person who built the workflow. */
export class Failure extends Error {
	constructor(
		message: string,
		readonly details: FailureDetails,
	) {
		super(message);
		this.name = 'Failure';
	}

	/** The same failure with what is known about its request filled in. */
	with(known: Partial<FailureDetails>): Failure {
		return new Failure(this.message, { ...this.details, ...known });
	}
}

/**
 * `error` as a Failure; anything unforeseen keeps its text as the technical detail, once `cleaned`
 * has gone over it.
 */
export function toFailure(
	error: unknown,
	submitted: Submitted,
	cleaned: (text: string) => string = clean,
): Failure {
	if (error instanceof Failure) return error;
	const { message, description } = error as { message?: string; description?: string | null };
	return new Failure('This item could not be processed', {
		submitted,
		technical: cleaned([message, description].filter(Boolean).join(' ')),
	});
}

/** The failure of an item whose execution the user stopped. */
export function stopped(known: Known): Failure {
	return new Failure('The execution was stopped', known);
}
