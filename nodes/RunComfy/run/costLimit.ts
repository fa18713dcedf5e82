import { Failure } from '../api/failure';
import { read, READ_DEADLINE_MS } from '../api/read';
import type { ModelEntry } from '../api/types';
import type { Estimate, PreparedOrder } from '../order/order';
import type { Item } from './item';

/** A dry run does not need the price, so it does not wait long for it. */
const DRY_RUN_DEADLINE_MS = 5_000;
const DRY_RUN = 'This is a dry run: nothing was bought.';

/** The live price of an order. Throws a Failure when the catalogue cannot be read. */
export async function priceOf({ api, run, signal }: Item, order: PreparedOrder): Promise<Estimate> {
	let entry = run.models.get(order.modelId);
	if (!entry) {
		const deadline = Date.now() + (order.dryRun ? DRY_RUN_DEADLINE_MS : READ_DEADLINE_MS);
		const path = `/v1/models/${order.modelId}`;
		entry = read(api, path, {
			subject: 'model',
			deadline,
			signal,
			known: { submitted: 'no' },
		}).then(({ json }) => json as ModelEntry);
		// A retry of the node asks again.
		entry.catch(() => run.models.delete(order.modelId));
		run.models.set(order.modelId, entry);
	}
	return order.estimate(await entry);
}

/**
 * What the price of an order, read where it counts, says: why it is not bought with `max` as its 'Maximum
 * Cost (USD)', and what a dry run tells.
 */
export async function checkPrice(
	item: Item,
	order: PreparedOrder,
	max?: number,
): Promise<{ issue?: string; notice?: string }> {
	const isWanted = max !== undefined || order.dryRun;
	// What cannot be sent need not have a price.
	if (!isWanted || order.issues.length) return {};
	let price: Estimate;
	try {
		price = await priceOf(item, order);
	} catch (error) {
		const said = error instanceof Failure ? error.message : String(error);
		return order.dryRun
			? { notice: `${DRY_RUN} The price could not be read: ${said}.` }
			: {
					issue: `'Maximum Cost (USD)' is $${max}, but the price could not be read: ${said}. Run again when that has changed, or remove the limit`,
				};
	}
	return {
		issue: max === undefined ? undefined : costIssue(price, max),
		notice: order.dryRun ? dryRunNotice(price) : undefined,
	};
}

const withoutStop = (sentence: string) => sentence.replace(/\.$/, '');

function costIssue({ cost, basis }: Estimate, max: number): string | undefined {
	if (cost === undefined) {
		return `'Maximum Cost (USD)' is $${max}, but what this video costs is unknown: ${basis} Remove the limit, or change the inputs`;
	}
	return cost > max
		? `This video would cost $${cost} (${withoutStop(basis)}), but 'Maximum Cost (USD)' is $${max}. Raise the limit, or shorten the clip`
		: undefined;
}

function dryRunNotice({ cost, basis }: Estimate): string {
	return cost === undefined
		? `${DRY_RUN} What it would cost is unknown: ${basis}`
		: `${DRY_RUN} It would cost $${cost} (${withoutStop(basis)}).`;
}
