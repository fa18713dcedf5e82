import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { nameInExecution } from './named';

/** Purchases of this process that are remembered beyond their run; the oldest are forgotten first. */
const MAX_REMEMBERED = 1000;
const boughtByExecutions = new Set<string>();
const purchaseKey = (context: IExecuteSingleFunctions, requestId: string) =>
	`${context.getExecutionId()} ${requestId}`;

/** Remembers what an execution bought, for the nodes that come later in it. */
export function rememberPurchase(context: IExecuteSingleFunctions, requestId: string): void {
	nameInExecution(context, requestId);
	boughtByExecutions.add(purchaseKey(context, requestId));
	const [oldest] = boughtByExecutions;
	if (boughtByExecutions.size > MAX_REMEMBERED) boughtByExecutions.delete(oldest);
}

/** Whether the request was bought by the execution that `context` belongs to, and not elsewhere. */
export function isBoughtHere(context: IExecuteSingleFunctions, requestId: string): boolean {
	return boughtByExecutions.has(purchaseKey(context, requestId));
}
