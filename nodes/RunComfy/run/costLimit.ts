import { Failure } from '../api/failure';
import { read, READ_DEADLINE_MS } from '../api/read';
import type { ModelEntry } from '../api/types';
import { now } from '../n8n/clock';
import type { Estimate, Order } from '../order/order';
import type { Item } from './item';

/** The live price of an order. Throws a Failure when the catalogue cannot be read. */
export async function priceOf({ api, run, signal }: Item, order: Order): Promise<Estimate> {
	let entry = run.models.get(order.modelId);
	if (!entry) {
		const deadline = now() + READ_DEADLINE_MS;
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

/** Why an order is not bought with `max` as its 'Maximum Cost (USD)', as a sentence, or undefined. */
export async function costIssue(
	item: Item,
	order: Order,
	max: number,
): Promise<string | undefined> {
	// What cannot be sent need not have a price.
	if (order.issues.length) return undefined;
	try {
		const { cost, basis } = await priceOf(item, order);
		if (cost === undefined) {
			return `'Maximum Cost (USD)' is $${max}, but what this video costs is unknown: ${basis} Remove the limit, or change the inputs`;
		}
		return cost > max
			? `This video would cost $${cost} (${basis.replace(/\.$/, '')}), but 'Maximum Cost (USD)' is $${max}. Raise the limit, or shorten the clip`
			: undefined;
	} catch (error) {
		const said = error instanceof Failure ? error.message : String(error);
		return `'Maximum Cost (USD)' is $${max}, but the price could not be read: ${said}. Run again when that has changed, or remove the limit`;
	}
}
