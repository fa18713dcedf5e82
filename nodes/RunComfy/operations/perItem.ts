import type {
	IExecutePaginationFunctions,
	IExecuteSingleFunctions,
	INodeExecutionData,
	DeclarativeRestApiSettings,
} from 'n8n-workflow';

import { apiOf, type Api } from '../api/client';
import { toFailure } from '../api/failure';
import { errorItem, nodeError } from '../output/errors';
import { pairedItems } from '../output/result';
import { inputItems, toolInput } from '../n8n/items';
import { runOf, type Attempt, type Entry, type Run } from '../run/ledger';

/** One input item on its way through an operation. */
export interface Item {
	context: IExecuteSingleFunctions;
	/** Position among the input items of the run. */
	index: number;
	api: Api;
	run: Run;
	entry: Entry;
	attempt: Attempt;
	/** Fires when the user stops the execution. */
	signal?: AbortSignal;
}

/** What n8n calls for each item of a node whose operation handles everything itself. */
export type Pagination = (
	this: IExecutePaginationFunctions,
	request: DeclarativeRestApiSettings.ResultOptions,
) => Promise<INodeExecutionData[]>;

/**
 * Makes an operation out of what it does for one item. n8n calls it for all items of a batch in one
 * go; a failing item becomes an error item, or an error that names everything the run bought. Work
 * that yields undefined was left undone because of another item, and is taken up by a retry.
 */
export function perItem(
	work: (item: Item) => Promise<INodeExecutionData[] | undefined>,
): Pagination {
	return async function (request) {
		const index = this.getItemIndex();
		const run = runOf(this);
		// Booked before anything is awaited, so that all items of a batch find each other.
		const { entry, attempt } = run.enter(index, inputItems(this).length);
		const signal = this.getExecutionCancelSignal();
		const api = apiOf(this, request.options);
		try {
			// A retry of the node repeats no item that is done.
			entry.output ??= await work({ context: this, index, api, run, entry, attempt, signal });
			attempt.settle();
			return entry.output ?? [];
		} catch (error) {
			if (!entry.submit) entry.order = undefined;
			const { purchase, submit } = entry;
			const failure = toFailure(error, purchase ? 'yes' : submit ? 'unknown' : 'no');
			if (submit && failure.details.submitted === 'unknown') entry.unconfirmed ??= {};
			if (this.continueOnFail()) {
				attempt.settle();
				return [{ json: errorItem(failure), pairedItem: pairedItems({ context: this, index }) }];
			}
			attempt.doomed = true;
			attempt.settle();
			await attempt.everyoneSettled();
			throw nodeError(this.getNode(), index, failure, run, toolInput(this) !== undefined);
		}
	};
}
