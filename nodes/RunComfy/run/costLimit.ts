import { Failure } from '../api/failure';
import { read, READ_DEADLINE_MS } from '../api/read';
import type { ModelEntry } from '../api/types';
import { now } from '../n8n/clock';
import type { Estimate, Order, PreparedOrder } from '../order/order';
import type { Guards } from './guards';
import type { Item } from './item';
import type { Spending } from './pass';

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

/** What an order costs where a limit asks for it, and why it is not bought under that limit, as a sentence. */
export async function costUnder(
	item: Item,
	order: Order,
	{ maxCostUsd, maxRunCostUsd }: Pick<Guards, 'maxCostUsd' | 'maxRunCostUsd'>,
): Promise<{ cost?: number; issue?: string }> {
	const [label, max] =
		maxCostUsd === undefined
			? ["'Maximum Run Cost (USD)'", maxRunCostUsd]
			: ["'Maximum Cost (USD)'", maxCostUsd];
	if (max === undefined) return {};
	try {
		const { cost, basis } = await priceOf(item, order);
		if (cost === undefined) {
			const issue = `${label} is $${max}, but what this video costs is unknown: ${basis} Remove the limit, or change the inputs`;
			return { issue };
		}
		const issue = `This video would cost $${cost} (${basis.replace(/\.$/, '')}), but ${label} is $${max}. Raise the limit, or shorten the clip`;
		return cost > max ? { cost, issue } : { cost };
	} catch (error) {
		const said = error instanceof Failure ? error.message : String(error);
		const issue = `${label} is $${max}, but the price could not be read: ${said}. Run again when that has changed, or remove the limit`;
		return { issue };
	}
}

/** Adds up what the orders of a batch cost that can be sent, beside what the run has spent `before`. */
export function spendingOf(orders: PreparedOrder[], before: number): Spending {
	const planned = orders.filter(({ issues }) => issues.length === 0);
	return {
		before,
		planned: sum(planned.map(({ cost = 0 }) => cost)),
		count: planned.length,
	};
}

/** A sum of prices, which have three decimals. */
const sum = (amounts: number[]): number =>
	Math.round(amounts.reduce((total, amount) => total + amount, 0) * 1e6) / 1e6;

/** Throws a Failure when an order's 'Maximum Run Cost (USD)' is below what the run would cost with its batch. */
export function checkRunCost({ maxRunCostUsd: max }: PreparedOrder, spending: Spending): void {
	const { before, planned, count } = spending;
	if (max === undefined || sum([before, planned]) <= max) return;
	const videos = count === 1 ? 'The video' : `The ${count} videos`;
	const more = before ? ` more, after $${before} that this run has spent` : '';
	throw new Failure(
		`${videos} of this run would cost $${planned}${more}, but 'Maximum Run Cost (USD)' is $${max}`,
		{
			submitted: 'no',
			hint: `Nothing ${before ? 'more ' : ''}was bought. Raise the limit, or send fewer items.`,
		},
	);
}
