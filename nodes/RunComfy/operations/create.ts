import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { purchaseOf } from '../api/answers';
import { call, wasNeverSent } from '../api/client';
import { Failure } from '../api/failure';
import { stopped } from '../api/read';
import { refusal, reasonOf } from '../api/refusals';
import { batchOf, inputItems } from '../run/items';
import type { Purchase } from '../run/ledger';
import { pause } from '../run/pause';
import { isCombinedAway, prepare, type Issue, type Order } from './order';
import { perItem, type Item } from './item';
import { pairedItems } from '../output/item';

/** When the user stops, a request that is all sent may still bring its ID home in this time. */
const ANSWER_AFTER_STOP_MS = 2_500;

/** Issues that a message names before it says how many more there are. */
const MAX_NAMED_ISSUES = 10;

/** Create: submits one video and returns at once. */
export const create = perItem(async (item) => {
	if (isCombinedAway(item)) return [];
	const bought = await buy(item, []);
	if (!bought) return undefined;
	const { purchase, order } = bought;
	const url = `${item.api.baseUrl}/v1/requests/${purchase.requestId}`;
	const json: IDataObject = {
		request_id: purchase.requestId,
		model_id: purchase.modelId,
		status: purchase.status,
		references: order.references,
		...(order.warnings.length && { warnings: order.warnings }),
		status_url: `${url}/status`,
		result_url: `${url}/result`,
		cancel_url: `${url}/cancel`,
	};
	return [{ json, pairedItem: pairedItems(item) }] as INodeExecutionData[];
});

/**
 * Buys the item's video: checks it together with all items of its batch, then submits once. An item
 * that bought before, in an earlier attempt of this run, gets the same purchase again. Undefined
 * when nothing is to be bought because another item failed. `issues` are the operation's own.
 */
export async function buy(
	item: Item,
	issues: string[],
): Promise<{ purchase: Purchase; order: Order } | undefined> {
	const { entry, attempt } = item;
	entry.order ??= prepare(item, issues);
	const order = await checkedTogether(item, entry.order);
	if (!order) return undefined;
	if (!entry.submit && order.issues.length) throw rejected([order]);
	entry.submit ??= item.run.transfers.use(async () => {
		if (item.signal?.aborted) throw stopped({ submitted: 'no' });
		// An item before this one failed while this one waited for its turn.
		if (attempt.doomed) throw notSent;
		try {
			return await submit(item, order);
		} catch (error) {
			// Said before the next in line gets the slot.
			if (!item.context.continueOnFail()) attempt.doomed = true;
			throw error;
		}
	});
	try {
		return { purchase: (entry.purchase = await entry.submit), order };
	} catch (error) {
		if (error instanceof Failure && error.details.submitted === 'no') entry.submit = undefined;
		if (error === notSent) return undefined;
		throw toRethrow(error);
	}
}

const notSent = new Failure('Not sent, because another item failed', { submitted: 'no' });
const toRethrow = (error: unknown) => error;

/** Waits until all items of the batch are checked; undefined when none of them may be sent. */
export async function checkedTogether(item: Item, own: Promise<Order>): Promise<Order | undefined> {
	const { context, index, run, attempt } = item;
	// Items register when n8n calls them, which it does for a whole batch before this turn is over.
	await pause(0);
	const batch = batchOf(context, index, inputItems(context).length);
	const present = batch.filter((other) => attempt.entered.includes(other));
	const orders = await Promise.allSettled(
		present.map(async (other) => await run.entry(other)?.order),
	);
	const order = await own;
	if (context.continueOnFail()) return order;

	// n8n has thrown for an item before it came here (an expression, say), and takes no output.
	if (present.length < batch.length) return undefined;
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
				? undefined
				: "To let the other items go on without them, set 'On Error' under Settings to continue.",
		},
	);
}

function more(issues: Issue[]): string {
	const rest = issues.length - MAX_NAMED_ISSUES;
	return rest > 0 ? `. And ${rest} more` : '';
}

/** Sends the one submit of an item. Throws a Failure that says whether it may have been bought. */
async function submit(item: Item, { modelId, body }: Order): Promise<Purchase> {
	const { api, context, index, signal } = item;
	const end = new AbortController();
	const onStop = () => {
		if (!body.complete) end.abort();
		else void pause(ANSWER_AFTER_STOP_MS).then(() => end.abort());
	};
	signal?.addEventListener('abort', onStop, { once: true });
	const path = `/v1/models/${modelId}`;
	const { timeout: timeoutMs } = api.settings;
	const answer = await call(api, { method: 'POST', path, body, timeoutMs, signal: end.signal });
	signal?.removeEventListener('abort', onStop);

	const unconfirmed = (reason: string, httpStatus?: number) => {
		context.logger.warn(`RunComfy: item ${index} may have been bought, but was not confirmed`);
		return new Failure(UNKNOWN, {
			submitted: 'unknown',
			wayOut: CHECK_GENERATIONS,
			reason,
			httpStatus,
		});
	};
	if ('lost' in answer) {
		if (!body.complete || wasNeverSent(answer)) {
			if (signal?.aborted) {
				context.logger.info(`RunComfy: stopped; item ${index} was not sent`);
				throw stopped({ submitted: 'no' });
			}
			if (body.unreadable) throw body.unreadable;
			throw new Failure('RunComfy could not be reached, so nothing was bought', {
				submitted: 'no',
				reason: answer.reason,
				wayOut:
					"Check the internet connection of n8n and 'Base URL' of the credential, then run again.",
			});
		}
		throw unconfirmed(answer.reason);
	}
	const outcome = purchaseOf(answer);
	if (outcome === 'refused') throw refusal(answer, 'submit', { submitted: 'no' }, api.token);
	if (outcome === 'unknown') {
		const reason = reasonOf(answer, api.token) || `HTTP status ${answer.httpStatus}`;
		throw unconfirmed(reason, answer.httpStatus);
	}
	const status = String(answer.json?.status ?? 'in_queue');
	context.logger.info(`RunComfy: bought request ${outcome.bought}`, { itemIndex: index, modelId });
	return { requestId: outcome.bought, modelId, status };
}

const UNKNOWN = 'RunComfy did not confirm the request, so it may or may not have been bought';
const CHECK_GENERATIONS =
	'Look at Generations on runcomfy.com before you run this item again. If the video is there, get it with Wait for Completion and its request ID.';
