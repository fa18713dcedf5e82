import { Failure, stopped } from '../api/failure';
import type { PreparedOrder } from '../order/order';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import {
	beginOrder,
	openOrder,
	recordOf,
	rememberOrder,
	type Outcome,
} from '../run/repeats/records';
import { keysOf, type Keys } from '../run/repeats/repeats';
import { preview } from '../text/values';
import { errorOf, purchaseOfErrorItem } from './errorItem';
import { ANOTHER_KEY, reuse } from './reuse';

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
			return await remembered(item, order, keys, send());
		}
	}
}

/** Waits for a submit, and remembers what it bought or may have bought. */
async function remembered(item: Item, order: PreparedOrder, keys: Keys, submit: Submit): Submit {
	const { fingerprint, target } = order;
	const remember = (requestId?: string) =>
		rememberOrder(item.context, keys, { fingerprint, target, requestId, at: Date.now() });
	const settled = submit.then(
		(purchase) => {
			if (purchase !== 'heldBack') remember(purchase.requestId);
		},
		(error: unknown) => {
			const details = error instanceof Failure ? error.details : undefined;
			if (details?.submitted !== 'no') remember(details?.requestId);
		},
	);
	beginOrder(item.context, keys.own, { fingerprint, settled });
	await settled;
	return await submit;
}

/** All keys but the user's have the fingerprint in them; under the user's, another order may be found. */
function checkSameOrder(
	{ fingerprint, idempotencyKey }: PreparedOrder,
	earlier: Pick<Outcome, 'fingerprint' | 'requestId'>,
): void {
	if (earlier.fingerprint === fingerprint) return;
	const request = earlier.requestId ? ` (request ${earlier.requestId})` : '';
	throw new Failure(
		`'Idempotency Key' is '${preview(idempotencyKey)}', which belongs to another order${request}`,
		{
			submitted: 'no',
			hint: 'Give each order a key of its own, such as the ID of its row. Nothing was bought.',
		},
	);
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
