import type { INodeExecutionData } from 'n8n-workflow';

import { connect } from '../api/client';
import { isDryRunId } from '../api/dryRun';
import { toFailure, type Failure } from '../api/failure';
import { inputItems, toolInput } from '../n8n/items';
import type { Pagination } from '../n8n/pagination';
import { errorItem, nodeError } from '../output/errors';
import { marked } from '../output/result';
import { belongsToFirstItem, pairedItems } from '../run/combined';
import type { Entered, Item } from '../run/item';
import { runOf, type Entry } from '../run/ledger';
import { forgetOrders } from '../run/orders';
import { requestIdOf } from './requestId';

/** The output items of an input item, or that it was left undone because of another item. */
export type Outcome = INodeExecutionData[] | 'heldBack';

/**
 * Makes an operation out of what it does for one item that is to be bought or priced. Where all items
 * make one purchase together, the first one stands for it.
 */
export function perOrder(work: (item: Entered) => Promise<Outcome>): Pagination {
	return perItem(async (item) => (belongsToFirstItem(item) ? [] : await work(item)));
}

/** Makes an operation out of what it does for one item that names a request bought before. */
export function perRequest(work: (item: Item, requestId: string) => Promise<Outcome>): Pagination {
	return perItem(async (entered) => {
		const requestId = requestIdOf(entered.context);
		const item = await entered.connected().catch((error: unknown) => {
			throw toFailure(error, 'yes').with({ submitted: 'yes', requestId });
		});
		return await work(item, requestId);
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
		const own = { context: this, index, run, entry, pass, signal };
		const done = () => {
			run.submits.finished(index);
			return pass.done();
		};
		let item: Item | undefined;
		const connected = async () => (item ??= { ...own, api: await connect(this, request.options) });
		try {
			if (!entry.output) {
				const outcome = await work({ ...own, connected });
				if (outcome !== 'heldBack') entry.output = outcome.map(marked);
			}
			// A run that ends well is not one for n8n's Retry.
			if (done() && pass.mayBuy) forgetOrders(this, run.takeKeys());
			// A retry of the node repeats no item that is done.
			return entry.output ?? [];
		} catch (error) {
			if (!entry.submit) entry.order = undefined;
			const { purchase, submit } = entry;
			const submitted = purchase ? 'yes' : submit ? 'unknown' : 'no';
			const failure = withOrder(toFailure(error, submitted, item?.api.clean), entry);
			if (submit && failure.details.submitted === 'unknown') entry.unconfirmed ??= {};
			if (this.continueOnFail()) {
				done();
				return [{ json: errorItem(failure), pairedItem: pairedItems(own) }];
			}
			pass.stopBuying();
			done();
			await pass.allDone;
			throw nodeError(this.getNode(), index, failure, run, toolInput(this) !== undefined);
		}
	};
}

/** An item that was sent and comes back with this is known by it. */
function withOrder(failure: Failure, { fingerprint }: Entry): Failure {
	const { submitted, requestId } = failure.details;
	const wasSent = submitted !== 'no' && !isDryRunId(requestId);
	return wasSent ? failure.with({ order: fingerprint }) : failure;
}
