import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { batchOf, inputItems } from '../n8n/items';
import { pause } from '../n8n/pause';
import type { Item } from '../operations/perItem';
import type { Issue, Order } from '../resources/video/order';

/** Issues that a message names before it says how many more there are. */
const MAX_NAMED_ISSUES = 10;

const COUNTED = 'Items are counted from 0, as n8n counts them.';

/** Waits until all items of the batch are checked; undefined when none of them may be sent. */
export async function checkedTogether(item: Item, own: Promise<Order>): Promise<Order | undefined> {
	const { context, index, run, attempt } = item;
	// It may fail before anyone waits for it.
	own.catch(() => undefined);
	// Items register when n8n calls them, which it does for a whole batch before this turn is over.
	await pause(0);
	const batch = batchOf(context, index, inputItems(context).length);
	// Before anything is waited for: a later batch may come first then.
	if (batch[0] === 0 && !context.continueOnFail()) {
		attempt.canResolve ??= canResolveAfter(context, batch.length);
	}
	const present = batch.filter((other) => attempt.entered.includes(other));
	const orders = await Promise.allSettled(
		present.map(async (other) => await run.entry(other)?.order),
	);
	const order = await own;
	if (context.continueOnFail()) return order;

	// n8n throws for an item before it comes here when an expression fails, and then takes no output.
	if (present.length < batch.length || attempt.canResolve === false) {
		attempt.doomed = true;
		return undefined;
	}
	const wrong = orders.flatMap((result) =>
		result.status === 'fulfilled' && result.value?.issues.length ? [result.value] : [],
	);
	if (wrong.length && order.issues.length) {
		const before = batch[0] > 0 || run.purchases().length > 0;
		throw rejected(wrong, inputItems(context).length, before);
	}
	const isWrong = wrong.length > 0 || orders.some(({ status }) => status === 'rejected');
	return isWrong && !item.entry.submit ? undefined : order;
}

/** Whether the expressions on the node can be resolved for the items from `first` on. */
function canResolveAfter(context: IExecuteSingleFunctions, first: number): boolean {
	const later = Array.from(
		{ length: inputItems(context).length - first },
		(_, offset) => first + offset,
	);
	if (!later.length) return true;
	const expressions = expressionsIn(context.getNode().parameters);
	return later.every((item) => expressions.every((text) => canResolve(context, text, item)));
}

function expressionsIn(value: unknown): string[] {
	if (typeof value === 'string') return value.startsWith('=') ? [value.slice(1)] : [];
	return value && typeof value === 'object' ? Object.values(value).flatMap(expressionsIn) : [];
}

function canResolve(context: IExecuteSingleFunctions, expression: string, item: number): boolean {
	try {
		context.evaluateExpression(expression, item);
		return true;
	} catch {
		return false;
	}
}

/**
 * The failure of items that cannot be sent: each item, field, value, limit and way out. `itemCount`
 * is how many items the failure stops; some of them may have been bought `before`.
 */
export function rejected(orders: Order[], itemCount = 1, before = false): Failure {
	const issues: Issue[] = orders.flatMap((order) => order.issues);
	const named = issues.slice(0, MAX_NAMED_ISSUES);
	const combined = orders.some((order) => order.combined);
	if (itemCount === 1 && !combined) {
		const texts = named.map(({ text }) => text);
		const wayOut = 'Nothing was bought.';
		return new Failure(`${texts.join('. ')}${more(issues)}`, { submitted: 'no', wayOut });
	}
	const texts = named.map(({ item, text }) => `Item ${item}: ${text}`);
	const wrong = new Set(issues.map(({ item }) => item)).size;
	return new Failure(
		`Nothing ${before ? 'more ' : ''}was bought, because ${wrong} ${wrong === 1 ? 'item needs' : 'items need'} a change. ${texts.join('. ')}${more(issues)}`,
		{
			submitted: 'no',
			wayOut: combined
				? COUNTED
				: `To let the other items go on without them, set 'On Error' under Settings to continue. ${COUNTED}`,
		},
	);
}

function more(issues: Issue[]): string {
	const rest = issues.length - MAX_NAMED_ISSUES;
	return rest > 0 ? `. And ${rest} more` : '';
}
