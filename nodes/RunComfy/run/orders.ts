import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { storedList, storeList } from '../n8n/staticData';

/** How long an order is remembered, in ms: a day. */
const REMEMBERED_MS = 86_400_000;
/** How many orders are remembered in this process, over all nodes, and in the static data of one node. */
const MAX_IN_MEMORY = 1000;
const MAX_STORED = 200;

const LIST = 'orders';

/** What became of an order: the request it bought, or none that is known. */
export interface OrderRecord {
	/** What the order is found by: an idempotency key, or its fingerprint and take for n8n's Retry. */
	key: string;
	fingerprint: string;
	/** Unset where the outcome of the submit is not known. */
	requestId?: string;
	modelId: string;
	/** Epoch ms. */
	at: number;
}

/** An order that is about to be sent, for whoever comes with the same key meanwhile. */
export interface OpenOrder {
	fingerprint: string;
	requestId?: undefined;
	/** Resolves when what became of it is remembered; never rejects. */
	outcome: Promise<void>;
}

const inMemory = new Map<string, OrderRecord>();
const open = new Map<string, OpenOrder>();

/** The name of a key, which counts for one node of one workflow. */
const nameOf = (context: IExecuteSingleFunctions, key: string): string =>
	`${context.getWorkflow().id} ${context.getNode().id} ${key}`;

const isFresh = ({ at }: OrderRecord, maxAgeMs = REMEMBERED_MS): boolean =>
	Date.now() - at < maxAgeMs;

/** The order under a key that is being sent right now in this process. */
export function openOrder(context: IExecuteSingleFunctions, key: string): OpenOrder | undefined {
	return open.get(nameOf(context, key));
}

/** Marks the order under a key as being sent, until its outcome is there. */
export function beginOrder(context: IExecuteSingleFunctions, key: string, order: OpenOrder): void {
	const name = nameOf(context, key);
	open.set(name, order);
	void order.outcome.finally(() => open.delete(name));
}

/** What is remembered under a key, in this process or in the workflow's static data. */
export function rememberedOrder(
	context: IExecuteSingleFunctions,
	key: string,
	maxAgeMs?: number,
): OrderRecord | undefined {
	const found =
		inMemory.get(nameOf(context, key)) ??
		storedList<OrderRecord>(context, LIST).find((record) => record.key === key);
	return found && isFresh(found, maxAgeMs) ? found : undefined;
}

/** Remembers an order under its key, in place of what was there. */
export function rememberOrder(context: IExecuteSingleFunctions, record: OrderRecord): void {
	const name = nameOf(context, record.key);
	inMemory.delete(name);
	inMemory.set(name, record);
	const [oldest] = inMemory.keys();
	if (inMemory.size > MAX_IN_MEMORY) inMemory.delete(oldest);
	const others = storedList<OrderRecord>(context, LIST).filter(({ key }) => key !== record.key);
	storeList(
		context,
		LIST,
		[record, ...others.filter((other) => isFresh(other))].slice(0, MAX_STORED),
	);
}

/** Forgets what is remembered under these keys. */
export function forgetOrders(context: IExecuteSingleFunctions, keys: string[]): void {
	if (!keys.length) return;
	for (const key of keys) inMemory.delete(nameOf(context, key));
	const stored = storedList<OrderRecord>(context, LIST);
	const kept = stored.filter(({ key }) => !keys.includes(key));
	if (kept.length < stored.length) storeList(context, LIST, kept);
}
