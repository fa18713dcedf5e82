import type { INodeExecutionData } from 'n8n-workflow';

import { connect } from '../api/client';
import { isDryRunId } from '../api/dryRun';
import { toFailure, type Failure } from '../api/failure';
import { now } from '../n8n/clock';
import { inputItems, isToolCall } from '../n8n/items';
import type { Pagination } from '../n8n/pagination';
import { errorItem, nodeError } from '../output/errors';
import { marked, unconfirmedJson } from '../output/result';
import { belongsToFirstItem, pairedItems } from '../run/combined';
import type { Entered, Item } from '../run/item';
import { runOf, type Entry } from '../run/ledger';
import { forgetReruns, saveWithWorkflow } from '../run/repeats/records';

/** The output items of an input item, or that it was left undone because of another item. */
export type Outcome = INodeExecutionData[] | 'heldBack';

/**
 * Makes an operation out of what it does for one item that is to be bought or priced. Where all items
 * make one purchase together, the first one stands for it.
 */
export function perOrder(work: (item: Entered) => Promise<Outcome | 'late'>): Pagination {
	return perItem(async (item) => {
		if (belongsToFirstItem(item)) return [];
		const outcome = await work(item);
		return outcome === 'late'
			? [{ json: unconfirmedJson, pairedItem: pairedItems(item) }]
			: outcome;
	});
}

/**
 * What n8n calls for each item; it calls it for all items of a batch in one go. A failing item becomes an
 * error item, or an error that names everything the run bought. What was held back is taken up by a retry.
 */
export function perItem(work: (item: Entered) => Promise<Outcome>): Pagination {
	return async function (request) {
		const index = this.getItemIndex();
		const run = runOf(this);
		// Booked before anything is awaited, so that all items of a batch find each other.
		const { entry, pass } = run.enter(index, inputItems(this).length);
		const signal = this.getExecutionCancelSignal();
		const own = { context: this, index, run, entry, pass, signal, calledAt: now() };
		const done = () => {
			run.submits.finished(index);
			const keys = run.rerunKeys();
			if (!pass.done() || !keys.length) return;
			// After a run that ends well, the same order in the editor is a new one.
			if (pass.mayBuy) forgetReruns(this, keys);
			saveWithWorkflow(this);
		};
		let item: Item | undefined;
		const connected = async () => (item ??= { ...own, api: await connect(this, request.options) });
		try {
			const outcome = entry.output ?? (await work({ ...own, connected }));
			const output = outcome === 'heldBack' ? [] : outcome.map(marked);
			// A retry of the node repeats no item that is done.
			if (outcome !== 'heldBack' && !output.some(({ json }) => json.error)) entry.output = output;
			done();
			return output;
		} catch (error) {
			if (!entry.submit) entry.order = undefined;
			const { purchase, submit } = entry;
			const submitted = purchase ? 'yes' : submit ? 'unknown' : 'no';
			const failure = withOrder(toFailure(error, submitted, item?.api.clean), entry);
			if (submit && failure.details.submitted === 'unknown') entry.unconfirmed ??= {};
			if (returnsFailures(own)) {
				done();
				return [failedItem(own, failure)];
			}
			pass.stopBuying();
			done();
			await pass.allDone;
			throw nodeError(this.getNode(), index, failure, run);
		}
	};
}

/** Whether failures are returned as items. Agents up to version 2 read nothing of what a tool throws, and version 3 its message only. */
export const returnsFailures = ({ context }: Pick<Item, 'context'>): boolean =>
	context.continueOnFail() || isToolCall(context);

/** The error item of a failure. */
export const failedItem = (
	item: Pick<Item, 'context' | 'index'>,
	failure: Failure,
): INodeExecutionData => ({ json: errorItem(failure), pairedItem: pairedItems(item) });

/** Puts the fingerprint into the failure of an order that was sent: the item may come back with it. */
function withOrder(failure: Failure, { fingerprint }: Entry): Failure {
	const { submitted, requestId } = failure.details;
	const wasSent = submitted !== 'no' && !isDryRunId(requestId);
	return wasSent ? failure.with({ order: fingerprint }) : failure;
}
