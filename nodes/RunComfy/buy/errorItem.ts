import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { isRequestId } from '../api/ids';
import { inputItems } from '../n8n/items';
import type { PreparedOrder } from '../order/order';
import { combines } from '../run/combined';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { reuse } from './reuse';

const ORDER_ANEW =
	"To order it anew, take the field 'error' off the item, for example with an Edit Fields node, or change the prompt.";

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
