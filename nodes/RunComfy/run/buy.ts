import { Failure, stopped } from '../api/failure';
import type { PreparedOrder } from '../order/order';
import { rejected } from '../order/rejected';
import { checkTogether } from './checkTogether';
import type { Entered, Item, OrderOf } from './item';
import type { Purchase } from './ledger';
import { once } from './once';
import { prepare } from './prepare';
import { submit } from './submit';

export interface Bought {
	item: Item;
	purchase: Purchase;
	order: PreparedOrder;
}

/**
 * Buys what the item orders: checks it together with all items of its batch, then submits once. An item
 * that bought before, in an earlier pass of this run, gets the same purchase again. Held back when
 * nothing is to be bought because another item failed. `issues` are the operation's own.
 */
export async function buy(
	entered: Entered,
	orderOf: OrderOf,
	issues: string[],
): Promise<Bought | 'heldBack'> {
	const { entry, pass, run, context, signal } = entered;
	// Set before anything is awaited: the other items of the batch look at it.
	entry.order ??= prepare(entered, orderOf, issues);
	const order = await checkTogether(entered, entry.order);
	if (order === 'heldBack') return order;
	if (!entry.submit && order.issues.length) throw rejected([order]);
	const item = await entered.connected();
	const send = () => {
		entry.submit = run.transfers.use(async () => {
			if (signal?.aborted) throw stopped({ submitted: 'no' });
			// An item before this one failed while this one waited for its turn.
			if (!pass.mayBuy) return 'heldBack';
			entry.cost = order.dryRun ? 0 : order.cost;
			const sent = submit(item, order);
			// Known before the next in line gets the slot.
			if (!context.continueOnFail()) sent.catch(() => pass.stopBuying());
			return await sent;
		});
		entry.submit.catch((error: unknown) => {
			if (error instanceof Failure && error.details.submitted === 'no') entry.submit = undefined;
		});
		return entry.submit;
	};
	const purchase = await (entry.submit ?? once(item, order, send));
	if (purchase === 'heldBack') {
		entry.submit = undefined;
		return purchase;
	}
	// One that was bought before is not looked for again by a retry.
	entry.submit ??= Promise.resolve(purchase);
	entry.purchase = purchase;
	return { item, purchase, order };
}
