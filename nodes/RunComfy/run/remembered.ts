import type { IExecuteSingleFunctions } from 'n8n-workflow';

import type { Purchase } from './ledger';
import { nameInExecution } from './named';

type Remembered = Pick<Purchase, 'kind' | 'since'>;

/** Purchases of this process that are remembered beyond their run; the oldest are forgotten first. */
const MAX_REMEMBERED = 1000;
const boughtByExecutions = new Map<string, Remembered>();
const purchaseKey = (context: IExecuteSingleFunctions, requestId: string) =>
	`${context.getExecutionId()} ${requestId}`;

/** Remembers what an execution bought, for the nodes that come later in it. */
export function rememberPurchase(
	context: IExecuteSingleFunctions,
	requestId: string,
	bought: Remembered,
): void {
	nameInExecution(context, requestId);
	boughtByExecutions.set(purchaseKey(context, requestId), bought);
	const [oldest] = boughtByExecutions.keys();
	if (boughtByExecutions.size > MAX_REMEMBERED) boughtByExecutions.delete(oldest);
}

/** What is remembered of a request that was bought by the execution `context` belongs to, and not elsewhere. */
export function boughtHere(
	context: IExecuteSingleFunctions,
	requestId: string,
): Remembered | undefined {
	return boughtByExecutions.get(purchaseKey(context, requestId));
}
