import { Failure } from '../api/failure';
import { now } from '../n8n/clock';
import type { Estimate, PreparedOrder } from '../order/order';
import { readModelOnce } from '../reads/catalogue';
import { READ_DEADLINE_MS } from '../reads/read';
import type { Item } from '../run/item';
import type { Spending } from '../run/pass';
import type { Guards } from './guards';

/** A dry run does not need the price, so it does not wait long for it. */
const DRY_RUN_DEADLINE_MS = 5_000;
const DRY_RUN = 'This is a dry run: nothing was bought.';

/** The live price of an order. Throws a Failure when the catalogue cannot be read. */
export async function priceOf(
	{ api, run, signal }: Pick<Item, 'api' | 'run' | 'signal'>,
	order: PreparedOrder,
): Promise<Estimate> {
	const deadline = now() + (order.dryRun ? DRY_RUN_DEADLINE_MS : READ_DEADLINE_MS);
	const entry = await readModelOnce(run.models, api, order.target, { deadline, signal });
	return order.estimate(entry);
}

/**
 * Reads the price of an order where a limit or a dry run needs it: the cost, why the limits forbid the order,
 * and what a dry run reports.
 */
export async function checkPrice(
	item: Pick<Item, 'api' | 'run' | 'signal'>,
	order: PreparedOrder,
	{ maxCostUsd, maxRunCostUsd }: Pick<Guards, 'maxCostUsd' | 'maxRunCostUsd'>,
): Promise<{ cost?: number; issue?: string; notice?: string }> {
	const limit =
		maxCostUsd === undefined
			? { label: "'Maximum Run Cost (USD)'", max: maxRunCostUsd }
			: { label: "'Maximum Cost (USD)'", max: maxCostUsd };
	const { label, max } = limit;
	if (max === undefined && !order.dryRun) return {};
	let price: Estimate;
	try {
		price = await priceOf(item, order);
	} catch (error) {
		const said = error instanceof Failure ? error.message : String(error);
		if (order.dryRun) return { notice: `${DRY_RUN} The price could not be read: ${said}.` };
		const issue = `${label} is $${max}, but the price could not be read: ${said}. Run again when that has changed, or remove the limit`;
		return { issue };
	}
	return {
		cost: price.cost,
		issue: max === undefined ? undefined : costIssue(price, label, max),
		notice: order.dryRun ? dryRunNotice(price) : undefined,
	};
}

const withoutStop = (sentence: string) => sentence.replace(/\.$/, '');

function costIssue(price: Estimate, label: string, max: number): string | undefined {
	const { cost, isLeast, basis } = price;
	const least = isLeast ? 'at least ' : '';
	if (cost !== undefined && cost > max) {
		return `This order would cost ${least}$${cost} (${withoutStop(basis)}), but ${label} is $${max}. Raise the limit, or change the inputs`;
	}
	return cost === undefined || isLeast
		? `${label} is $${max}, but what this order costs is unknown: ${basis} Remove the limit, or change the inputs`
		: undefined;
}

function dryRunNotice({ cost, isLeast, basis }: Estimate): string {
	if (cost === undefined) return `${DRY_RUN} What it would cost is unknown: ${basis}`;
	return `${DRY_RUN} It would cost ${isLeast ? 'at least ' : ''}$${cost} (${withoutStop(basis)}).`;
}

/** Adds up the orders of a batch that can be sent, on top of what the run has spent `before`. */
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

/** Whether a batch keeps to the 'Maximum Run Cost (USD)' of one of its orders. */
export const isWithin = (max: number | undefined, { before, planned }: Spending): boolean =>
	max === undefined || sum([before, planned]) <= max;

/** Throws a Failure when an order's 'Maximum Run Cost (USD)' is below what the run would cost with its batch. */
export function checkRunCost({ maxRunCostUsd: max }: PreparedOrder, spending: Spending): void {
	const { before, planned, count } = spending;
	if (isWithin(max, spending)) return;
	const orders = count === 1 ? 'The order' : `The ${count} orders`;
	const more = before ? ` more, after $${before} that this run has spent` : '';
	throw new Failure(
		`${orders} of this run would cost $${planned}${more}, but 'Maximum Run Cost (USD)' is $${max}`,
		{
			submitted: 'no',
			hint: `Nothing ${before ? 'more ' : ''}was bought. Raise the limit, or send fewer items.`,
		},
	);
}
