// n8n resolves the expressions of an item when that item's turn comes, and drops the outputs of all items
// before it when one of them throws: with batches, that would lose requests that were bought. So whoever
// buys looks first (tried in n8n 2.41.1 with a batch size of 1 and an expression that fails for item 1).
import * as n8n from 'n8n-workflow';
import type { IExecuteSingleFunctions } from 'n8n-workflow';

/**
 * Whether n8n takes the outputs of the other items when an expression throws for one and On Error is set to
 * continue. Since 2.39.6 and 1.123.80 it does; before, it drops them all, and lets the items that it has called go
 * on unseen (seen in 2.0.3). `toPathSegment` came with the same two releases.
 */
export const keepsOtherItems = 'toPathSegment' in n8n;

/** Whether the expressions on the node can be resolved for the items from `first` on, before `end`. */
export function canResolve(context: IExecuteSingleFunctions, first: number, end: number): boolean {
	const later = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
	if (!later.length) return true;
	const expressions = expressionsIn(context.getNode().parameters);
	return later.every((item) => expressions.every((text) => resolves(context, text, item)));
}

function expressionsIn(value: unknown): string[] {
	if (typeof value === 'string') return value.startsWith('=') ? [value.slice(1)] : [];
	return value && typeof value === 'object' ? Object.values(value).flatMap(expressionsIn) : [];
}

function resolves(context: IExecuteSingleFunctions, expression: string, item: number): boolean {
	try {
		context.evaluateExpression(expression, item);
		return true;
	} catch {
		return false;
	}
}
