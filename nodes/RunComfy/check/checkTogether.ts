import { canResolve, keepsOtherItems } from '../n8n/expressions';
import { batchOf, inputItems } from '../n8n/items';
import { pause } from '../n8n/pause';
import type { PreparedOrder } from '../order/order';
import { rejected } from '../order/rejected';
import type { Entered } from '../run/item';
import { checkRunCost, isWithin, spendingOf } from './costLimit';

/**
 * Waits until all items of the batch are checked. Holds an item back when another one of them is wrong
 * and the node is to stop the workflow then.
 */
export async function checkTogether(
	{ context, index, run, pass, entry }: Entered,
	own: Promise<PreparedOrder>,
): Promise<PreparedOrder | 'heldBack'> {
	// It may fail before anyone waits for it.
	own.catch(() => undefined);
	// Items register when n8n calls them, which it does for a whole batch before this turn is over.
	await pause(0);
	const itemCount = inputItems(context).length;
	const batch = batchOf(context, index, itemCount);
	const dropsAll = !context.continueOnFail() || !keepsOtherItems;
	// Before anything is waited for: a later batch may come first then.
	if (batch[0] === 0 && dropsAll) {
		pass.canResolve ??= canResolve(context, batch.length, itemCount);
	}
	const present = batch.filter((other) => pass.entered.includes(other));
	const orders = await Promise.allSettled(
		present.map(async (other) => await run.entry(other)?.order),
	);
	// Before the first of them goes on: what it does then changes the ledger.
	if (!pass.spending.has(batch[0])) {
		const unsent = orders.flatMap((result, position) => {
			const other = present[position];
			return result.status === 'fulfilled' && result.value && !run.entry(other)?.submit
				? [{ other, order: result.value }]
				: [];
		});
		const spending = spendingOf(
			unsent.map(({ order }) => order),
			run.spent(),
		);
		pass.spending.set(batch[0], spending);
		// A later batch may be judged before these are sent.
		for (const { other, order } of unsent)
			if (!order.issues.length && isWithin(order.maxRunCostUsd, spending))
				pass.reserved.set(other, order.dryRun ? 0 : (order.cost ?? 0));
	}
	const order = await own;
	// n8n throws for an item before it comes here when an expression fails, and then takes no output.
	if (dropsAll && (present.length < batch.length || pass.canResolve === false)) {
		pass.stopBuying();
		return 'heldBack';
	}
	const isBuying = !entry.submit && !order.issues.length;
	if (context.continueOnFail()) {
		if (isBuying) checkRunCost(order, pass.spending.get(batch[0])!);
		return order;
	}
	const wrong = orders.flatMap((result) =>
		result.status === 'fulfilled' && result.value?.issues.length ? [result.value] : [],
	);
	if (wrong.length && order.issues.length) {
		const before = batch[0] > 0 || run.purchases().length > 0;
		throw rejected(wrong, itemCount, before);
	}
	const isWrong = wrong.length > 0 || orders.some(({ status }) => status === 'rejected');
	if (isWrong && !entry.submit) return 'heldBack';
	if (isBuying) checkRunCost(order, pass.spending.get(batch[0])!);
	return order;
}
