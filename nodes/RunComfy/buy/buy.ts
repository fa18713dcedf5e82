import { Failure } from '../api/failure';
import { checkTogether } from '../check/checkTogether';
import { prepare } from '../check/prepare';
import { turnToLinks } from '../check/ways';
import type { PreparedOrder } from '../order/order';
import { rejected } from '../order/rejected';
import type { Entered, Item, OrderOf } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { Limited } from '../run/submitQueue';
import { once } from './once';
import { submit } from './submit';

export interface Bought {
	item: Item;
	purchase: Purchase;
	order: PreparedOrder;
}

/**
 * Buys what the item orders: checks it together with all items of its batch, then submits it when its turn
 * comes. An item that bought before, in an earlier pass of this run, gets the same purchase again. Held
 * back when nothing is to be bought because another item failed. `issues` are the operation's own.
 */
export async function buy(
	entered: Entered,
	orderOf: OrderOf,
	issues: string[],
): Promise<Bought | 'heldBack'> {
	const { entry, index, pass, run } = entered;
	// Set before anything is awaited: the other items of the batch look at it.
	entry.order ??= prepare(entered, orderOf, issues);
	const order = await checkTogether(entered, entry.order);
	if (order === 'heldBack') return order;
	if (!entry.submit && order.issues.length) throw rejected([order]);
	const item = await entered.connected();
	const send = () => {
		// Counted while it waits for its turn, since it will be sent then.
		entry.cost = pass.reserved.get(index);
		const { target, maxConcurrent } = order;
		const sender = { ...item, target, maxConcurrent };
		entry.submit = run.submits.send(sender, async () => await sent(item, order));
		entry.submit.catch((error: unknown) => {
			if (error instanceof Failure && error.details.submitted === 'no') entry.submit = undefined;
		});
		return entry.submit;
	};
	if (entry.submit) run.submits.resume(index);
	const buying = entry.submit ?? once(item, order, send);
	const purchase = await buying.finally(() => pass.reserved.delete(index));
	if (purchase === 'heldBack') {
		entry.submit = undefined;
		return purchase;
	}
	// A retry need not look again for one that was bought before.
	entry.submit ??= Promise.resolve(purchase);
	entry.purchase = purchase;
	return { item, purchase, order };
}

/**
 * Submits the order; a failure is known to the pass before the next in line may go. Nothing is returned where it
 * may be sent again with links: then it goes back into the line.
 */
async function sent(item: Item, order: PreparedOrder): Promise<Purchase | Limited | undefined> {
	const purchase = submit(item, order).catch(async (error: unknown) => {
		if (await turnToLinks(item, order, error)) return undefined;
		throw joined(item.entry.dataRefused, error);
	});
	purchase.catch((error: unknown) => {
		if (item.context.continueOnFail()) refuseOthers(item, order, error);
		else item.pass.stopBuying();
	});
	return await purchase;
}

/** What RunComfy said of links, together with what it had said of the files inside the request. */
function joined(dataRefused: Failure | undefined, error: unknown): unknown {
	const isRefusal = error instanceof Failure && error.details.submitted === 'no';
	if (!dataRefused || !isRefusal || error.details.httpStatus === undefined) return error;
	const [before, now] = [dataRefused, error].map(({ details }) => details.reason);
	return error.with({
		reason: `${now ?? 'no reason'} (files as links); before that, ${before ?? 'no reason'} (files inside the request)`,
	});
}

/** Does not send the remaining orders where the same refusal is certain. */
function refuseOthers({ index, pass }: Item, { target }: PreparedOrder, error: unknown): void {
	if (!(error instanceof Failure) || !error.details.reach) return;
	const { message, details } = error;
	const text = `${message}; not sent, since item ${index} was refused for the same reason`;
	pass.refuse(new Failure(text, details), details.reach === 'model' ? target : undefined);
}
