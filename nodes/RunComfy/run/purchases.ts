import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { customDataOf, MAX_CUSTOM_TEXT } from '../n8n/customData';
import type { Purchase } from './ledger';

type Bought = Pick<Purchase, 'kind' | 'since'>;

/** Purchases that this process remembers beyond their run; the oldest are forgotten first. */
const MAX_REMEMBERED = 1000;
const purchases = new Map<string, Bought>();
const purchaseKey = (context: IExecuteSingleFunctions, requestId: string) =>
	`${context.getExecutionId()} ${requestId}`;

const CUSTOM_DATA_KEY = 'runcomfy_requests';
const MORE = ', …';

/** Remembers what an execution bought, for its later nodes and in its own data. */
export function rememberPurchase(
	context: IExecuteSingleFunctions,
	requestId: string,
	bought: Bought,
): void {
	nameInExecution(context, requestId);
	purchases.set(purchaseKey(context, requestId), bought);
	const [oldest] = purchases.keys();
	if (purchases.size > MAX_REMEMBERED) purchases.delete(oldest);
}

/** What is remembered of a request that this execution bought; undefined for all others. */
export function boughtInExecution(
	context: IExecuteSingleFunctions,
	requestId: string,
): Bought | undefined {
	return purchases.get(purchaseKey(context, requestId));
}

/** Names a purchase in the execution's data, where it is found whatever ends the execution. */
function nameInExecution(context: IExecuteSingleFunctions, requestId: string): void {
	try {
		const customData = customDataOf(context);
		customData?.set(CUSTOM_DATA_KEY, withRequest(customData.get(CUSTOM_DATA_KEY), requestId));
	} catch (error) {
		// The purchase goes on without: its ID is in the log.
		context.logger.debug(`RunComfy: the execution does not take custom data: ${String(error)}`);
	}
}

/** Adds a request to the front of a list such as "3 requests: id3, id2, id1"; the oldest make room. */
export function withRequest(before: string | undefined, requestId: string): string {
	const [, count = '0', list = ''] = /^(\d+) requests?: (.*)$/.exec(before ?? '') ?? [];
	const total = Number(count) + 1;
	const ids = [requestId, ...list.replace(MORE, '').split(', ').filter(Boolean)];
	const textOf = (shown: string[]) =>
		`${total} request${total === 1 ? '' : 's'}: ${shown.join(', ')}${shown.length < total ? MORE : ''}`;
	while (ids.length > 1 && textOf(ids).length > MAX_CUSTOM_TEXT) ids.pop();
	return textOf(ids);
}
