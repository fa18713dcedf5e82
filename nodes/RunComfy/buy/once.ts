import type { IDataObject } from 'n8n-workflow';

import { ERROR_CODES } from '../api/answers';
import { Failure, stopped } from '../api/failure';
import { isRequestId } from '../api/ids';
import { READ_DEADLINE_MS } from '../reads/read';
import type { Service } from '../api/services';
import { phaseOf } from '../api/states';
import { now } from '../n8n/clock';
import { inputItems, isToolCall } from '../n8n/items';
import type { PreparedOrder } from '../order/order';
import { preview } from '../text/values';
import { combines } from '../run/combined';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import {
	beginOrder,
	openOrder,
	rememberedOrder,
	rememberOrder,
	type OrderRecord,
} from '../run/orders';
import { resultOf } from '../wait/poll';

/** How long the same call of a tool is the same order, in ms: callers that gave up call again. */
const SAME_CALL_MS = 600_000;

const KEY = 'key ';
const CALL = 'call ';
const RUN = 'run ';
const TAKE = 'take ';
/** A request that RunComfy does not know any more is as good as one that failed. */
const GONE = { status: 'failed' };

const CHECK_GENERATIONS =
	'Look at Generations on runcomfy.com. If the result is there, get it with Wait for Completion and its request ID.';
const ANOTHER_KEY = "To order it anew, change the prompt, or 'Idempotency Key' under Options.";
const ORDER_ANEW =
	"To order it anew, take the field 'error' off the item, for example with an Edit Fields node, or change the prompt.";

type Submit = Promise<Purchase | 'heldBack'>;

/**
 * Sends an order, unless it was bought before: by an item that comes back from an error branch, under the
 * same idempotency key, by the same call of a tool, or by the execution that n8n runs again or twice. Then that
 * request is used, running or finished; one that failed or was cancelled is made anew, unless its item came
 * back by itself.
 */
export async function once(item: Item, order: PreparedOrder, send: () => Submit): Submit {
	const { context, signal } = item;
	if (order.dryRun) return await send();
	const cameBack = errorOf(item, order.fingerprint);
	if (cameBack) return await boughtBefore(item, order, cameBack);

	const keys = keysOf(item, order);
	// Known before it is bought or found: a run that ends well forgets it.
	item.entry.takeKey = takeKey(item, order);
	const dead = new Set<string | undefined>();
	for (;;) {
		const open = keys.map((key) => openOrder(context, key)).find(Boolean);
		// Of its names, one may know of a failed request only, and another of what came after it.
		const [record] = keys
			.flatMap((key) => rememberedOrder(context, key, maxAgeMs(key)) ?? [])
			.filter(({ requestId }) => !dead.has(requestId))
			.sort((one, other) => other.at - one.at);
		if (open) {
			checkSameOrder(order, open);
			await untilStopped(open.outcome, signal);
			if (signal?.aborted) throw stopped({ submitted: 'no' });
		} else if (record) {
			checkSameOrder(order, record);
			const purchase = await reusable(item, order.service, record);
			if (purchase) {
				// Known from now on under its other names too, here and to a Retry of this execution.
				remember(item, order, record);
				return purchase;
			}
			dead.add(record.requestId);
		} else {
			// Nothing was awaited since the last look, so nobody else can have begun.
			return await booked(item, order, send());
		}
	}
}

/** What an execution bought is its own, whenever it is run again. */
const maxAgeMs = (key: string) =>
	key.startsWith(CALL) ? SAME_CALL_MS : key.startsWith(TAKE) ? Infinity : undefined;

/** The names that an order is looked for under. */
function keysOf(item: Item, order: PreparedOrder): string[] {
	// n8n's Retry of an execution, and another try in the editor, run an order again that was bought.
	const isRerun = ['retry', 'manual'].includes(item.context.getMode());
	return [ownKey(item, order), ...(isRerun ? [takeKey(item, order)] : [])];
}

/** The name under which the same order, coming at any time, is the same purchase. */
function ownKey({ context, index }: Item, { idempotencyKey, fingerprint }: PreparedOrder): string {
	if (idempotencyKey !== undefined) return KEY + idempotencyKey;
	if (isToolCall(context)) return CALL + fingerprint;
	// While n8n starts, it can run an execution twice: it takes one that has just come in for one that was left
	// from before (seen in 1.123.81; of 2.41.1, read in recoverEnqueuedExecutions).
	const { $runIndex } = context.getWorkflowDataProxy(index);
	const place = [context.getExecutionId(), context.getNode().name, $runIndex, index];
	return `${RUN}${place.join(' ')} ${fingerprint}`;
}

/** Two items of a run with the same fingerprint are two orders: somebody wants two takes. So is one with a new key. */
function takeKey(
	{ run, index }: Item,
	{ fingerprint, idempotencyKey = '' }: PreparedOrder,
): string {
	const order = `${fingerprint} ${idempotencyKey}`;
	return `${TAKE}${run.takeOf(index, order)} ${order}`;
}

/** Remembers what a submit brings. */
async function booked(item: Item, order: PreparedOrder, submit: Submit): Submit {
	const { fingerprint, target } = order;
	const became = (requestId?: string) =>
		remember(item, order, { fingerprint, target, requestId, at: Date.now() });
	const outcome = submit.then(
		(purchase) => {
			if (purchase !== 'heldBack') became(purchase.requestId);
		},
		(error: unknown) => {
			const details = error instanceof Failure ? error.details : undefined;
			if (details?.submitted !== 'no') became(details?.requestId);
		},
	);
	beginOrder(item.context, ownKey(item, order), { fingerprint, outcome });
	await outcome;
	return await submit;
}

type Outcome = Pick<OrderRecord, 'fingerprint' | 'target' | 'requestId' | 'at'>;

/**
 * Remembers what became of an order under all its names: with the workflow for others that have its key, with
 * the execution for its Retry, which has to know the key as well.
 */
function remember(
	item: Item,
	order: PreparedOrder,
	{ fingerprint, target, requestId, at }: Outcome,
): void {
	const { context } = item;
	const record = { fingerprint, target, requestId, at };
	const key = ownKey(item, order);
	const hasKey = key.startsWith(KEY);
	const isNewest = (rememberedOrder(context, key, Infinity)?.at ?? at) <= at;
	const keptWith = hasKey ? ('workflow' as const) : undefined;
	if (isNewest) rememberOrder(context, { ...record, key, keptWith });
	const alias = hasKey ? key : undefined;
	rememberOrder(context, { ...record, key: takeKey(item, order), alias, keptWith: 'execution' });
}

function checkSameOrder(
	{ fingerprint, idempotencyKey }: PreparedOrder,
	earlier: Pick<OrderRecord, 'fingerprint' | 'requestId'>,
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

/** The purchase of an earlier order as it is now; undefined when it failed, was cancelled or is gone. */
async function reusable(
	item: Item,
	service: Service,
	{ requestId, target }: Pick<OrderRecord, 'requestId' | 'target'>,
): Promise<Purchase | undefined> {
	if (!requestId) throw unconfirmed(`${CHECK_GENERATIONS} ${ANOTHER_KEY}`);
	const purchase: Purchase = { service, requestId, target, status: '', reused: true };
	const deadline = now() + READ_DEADLINE_MS;
	const result = await resultOf(item, purchase, deadline).catch((error: unknown) => {
		// Nothing of it can be fetched any more.
		if (error instanceof Failure && error.details.errorCode === ERROR_CODES.notFound) return GONE;
		throw error;
	});
	purchase.status = String(result.status ?? '');
	const isOver = ['failed', 'cancelled', 'ended'].includes(phaseOf(purchase.status));
	return isOver ? undefined : purchase;
}

/** What an item, or one of those that are combined, says of the same order, which failed after it was sent. */
function errorOf(item: Item, fingerprint: string): IDataObject | undefined {
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
async function boughtBefore(
	item: Item,
	{ service, target }: PreparedOrder,
	error: IDataObject,
): Promise<Purchase> {
	const requestId = error.request_id;
	if (!isRequestId(requestId)) throw unconfirmed(`${CHECK_GENERATIONS} ${ORDER_ANEW}`);
	const purchase = await reusable(item, service, { requestId, target });
	if (purchase) return purchase;
	throw new Failure(
		`This item came back with request ${requestId}, which made nothing, and is not ordered again by itself`,
		{ submitted: 'yes', requestId, hint: ORDER_ANEW },
	);
}

const unconfirmed = (hint: string): Failure =>
	new Failure(
		'This order was sent before, and RunComfy did not confirm it, so it may or may not have been bought',
		{ submitted: 'unknown', hint },
	);

/** Waits for a promise that never rejects, or until the execution is stopped. */
async function untilStopped(promise: Promise<unknown>, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	let stop: () => void = () => undefined;
	const isStopped = new Promise<void>((resolve) => (stop = resolve));
	signal?.addEventListener('abort', stop, { once: true });
	await Promise.race([promise, isStopped]);
	signal?.removeEventListener('abort', stop);
}
