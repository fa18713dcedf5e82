import type { IDataObject } from 'n8n-workflow';

import { ERROR_CODES } from '../api/answers';
import { Failure } from '../api/failure';
import { isRequestId } from '../api/ids';
import type { Service } from '../api/services';
import { phaseOf } from '../api/states';
import { now } from '../n8n/clock';
import { inputItems } from '../n8n/items';
import type { PreparedOrder } from '../order/order';
import { READ_DEADLINE_MS } from '../reads/read';
import { combines } from '../run/combined';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { Outcome } from '../run/repeats/records';
import { preview } from '../text/values';
import { resultOf } from '../wait/poll';

/** A request that RunComfy does not know any more is as good as one that failed. */
const GONE = { status: 'failed' };

const CHECK_GENERATIONS =
	'Look at Generations on runcomfy.com. If the result is there, get it with Wait for Completion and its request ID.';
export const ANOTHER_KEY =
	"To order it anew, change the prompt, or 'Idempotency Key' under Options.";

const ORDER_ANEW =
	"To order it anew, take the field 'error' off the item, for example with an Edit Fields node, or change the prompt.";

/**
 * The purchase of an earlier order as it is now; undefined when it failed, was cancelled or is gone. Throws when
 * it is not known whether there is one; `orderAnew` says how the user orders it anew then.
 */
export async function reuse(
	item: Item,
	service: Service,
	{ requestId, target }: Pick<Outcome, 'requestId' | 'target'>,
	orderAnew: string,
): Promise<Purchase | undefined> {
	if (!requestId) {
		throw new Failure(
			'This order was sent before, and RunComfy did not confirm it, so it may or may not have been bought',
			{ submitted: 'unknown', hint: `${CHECK_GENERATIONS} ${orderAnew}` },
		);
	}
	const purchase: Purchase = { service, requestId, target, status: '', reused: true };
	const deadline = now() + READ_DEADLINE_MS;
	const result = await resultOf(item, purchase, deadline).catch((error: unknown) => {
		if (error instanceof Failure && error.details.errorCode === ERROR_CODES.notFound) return GONE;
		throw error;
	});
	purchase.status = String(result.status ?? '');
	const isOver = ['failed', 'cancelled', 'ended'].includes(phaseOf(purchase.status));
	return isOver ? undefined : purchase;
}

/** All keys but the user's have the fingerprint in them; under the user's, another order may be found. */
export function checkSameOrder(
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

/**
 * The error of an item that came back from an error branch, if this order was sent then. Where items are
 * combined, any of them may bring it.
 */
export function errorOf(item: Item, fingerprint: string): IDataObject | undefined {
	const items = inputItems(item.context);
	const own = combines(item) ? items : [items[item.index]];
	return own
		.map(({ json }) => json.error as IDataObject | undefined)
		.find(
			(error) =>
				error?.order === fingerprint && ['yes', 'unknown'].includes(String(error.submitted)),
		);
}

/** The purchase of an item that came back; to buy it again is for the user to decide. */
export async function purchaseOfErrorItem(
	item: Item,
	{ service, target }: PreparedOrder,
	error: IDataObject,
): Promise<Purchase> {
	const requestId = isRequestId(error.request_id) ? error.request_id : undefined;
	const purchase = await reuse(item, service, { requestId, target }, ORDER_ANEW);
	if (purchase) return purchase;
	throw new Failure(
		`This item came back with request ${requestId}, which made nothing, and is not ordered again by itself`,
		{ submitted: 'yes', requestId, hint: ORDER_ANEW },
	);
}
