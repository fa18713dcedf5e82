import { stopped } from '../api/failure';
import type { PreparedOrder } from '../order/order';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { openOrder, recordOf, rememberOrder, settledOrder } from '../run/repeats/records';
import { keysOf } from '../run/repeats/repeats';
import { ANOTHER_KEY, checkSameOrder, errorOf, purchaseOfErrorItem, reuse } from './reuse';

type Submit = Promise<Purchase | 'heldBack'>;

/**
 * Sends an order, unless it was bought before: then that request is used, running or finished. One that failed
 * or was cancelled is bought anew, but not for an item that came back from an error branch. How an order is
 * found again is the table in run/repeats.
 */
export async function once(item: Item, order: PreparedOrder, send: () => Submit): Submit {
	const { context, entry, signal } = item;
	if (order.dryRun) return await send();
	const error = errorOf(item, order.fingerprint);
	if (error) return await purchaseOfErrorItem(item, order, error);

	const keys = keysOf(item, order);
	// Noted before it is bought or found: a run that ends well forgets it.
	entry.rerunKey = keys.rerun;
	const unusable = new Set<string | undefined>();
	for (;;) {
		const open = keys.sought.map((key) => openOrder(context, key)).find(Boolean);
		// One key may know only of a request that failed, and another of the one that came after it.
		const [record] = keys.sought
			.flatMap((key) => recordOf(context, key) ?? [])
			.filter(({ requestId }) => !unusable.has(requestId))
			.sort((one, other) => other.at - one.at);
		if (open) {
			checkSameOrder(order, open);
			await untilStopped(open.settled, signal);
			if (signal?.aborted) throw stopped({ submitted: 'no' });
		} else if (record) {
			checkSameOrder(order, record);
			const purchase = await reuse(item, order.service, record, ANOTHER_KEY);
			if (purchase) {
				// Found from now on by its other key too, here and by a rerun of this execution.
				rememberOrder(context, keys, record);
				return purchase;
			}
			unusable.add(record.requestId);
		} else {
			// Nothing was awaited since the last look, so nobody else can have begun.
			return await settledOrder(context, keys, order, send());
		}
	}
}

/** Waits for a promise that never rejects, or until the execution is stopped. */
async function untilStopped(promise: Promise<unknown>, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	let stop: () => void = () => undefined;
	const isStopped = new Promise<void>((resolve) => (stop = resolve));
	signal?.addEventListener('abort', stop, { once: true });
	await Promise.race([promise, isStopped]);
	signal?.removeEventListener('abort', stop);
}
