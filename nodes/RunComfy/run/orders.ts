import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { keptWithExecution, keptWithWorkflow } from '../n8n/kept';

/** How long an order is remembered, in ms: a day. */
const REMEMBERED_MS = 86_400_000;
/**
 * How many names of orders are remembered in this process, over all nodes, with a key and without. An order
 * without one has two, so these are 1000 orders, as many as one execution may well have; in all 4 MB.
 */
const MAX_IN_MEMORY = 2000;
/** How many are kept with the workflow for one node. */
const MAX_STORED = 200;

const LIST = 'orders';

/** What became of an order: the request it bought, or none that is known. */
export interface OrderRecord {
	/** What the order is found by: an idempotency key, a call, or its place in a run, see buy/once. */
	key: string;
	/** Another name that it is found by where n8n keeps it. */
	alias?: string;
	fingerprint: string;
	/** Unset where the outcome of the submit is not known. */
	requestId?: string;
	target: string;
	/** Epoch ms. */
	at: number;
	/** What n8n keeps it with, beside this process. */
	keptWith?: 'workflow' | 'execution';
}

/** An order that is about to be sent, for whoever comes with the same key meanwhile. */
export interface OpenOrder {
	fingerprint: string;
	requestId?: undefined;
	/** Resolves when what became of it is remembered; never rejects. */
	outcome: Promise<void>;
}

/** By name, from the oldest to the newest; those that have an idempotency key are not to go because of others. */
const withKey = new Map<string, OrderRecord>();
const withoutKey = new Map<string, OrderRecord>();
const open = new Map<string, OpenOrder>();

/** The name of a key, which counts for one node of one workflow. */
const nameOf = (context: IExecuteSingleFunctions, key = ''): string =>
	`${context.getWorkflow().id} ${context.getNode().id} ${key}`;

const isFresh = ({ at }: OrderRecord, maxAgeMs: number): boolean => Date.now() - at < maxAgeMs;

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

/**
 * What is remembered under a key, in this process or by n8n. The latest counts: another process may have made
 * anew what failed here.
 */
export function rememberedOrder(
	context: IExecuteSingleFunctions,
	key: string,
	maxAgeMs = REMEMBERED_MS,
): OrderRecord | undefined {
	const name = nameOf(context, key);
	const here = withKey.get(name) ?? withoutKey.get(name);
	const kept = [keptWithWorkflow(context), keptWithExecution(context)].flatMap(listIn);
	const known = kept.filter((record) => record.key === key || record.alias === key);
	const [latest] = [...(here ? [here] : []), ...known].sort((one, other) => other.at - one.at);
	return latest && isFresh(latest, maxAgeMs) ? latest : undefined;
}

/** Remembers an order under its key, in place of what was there. */
export function rememberOrder(context: IExecuteSingleFunctions, record: OrderRecord): void {
	const name = nameOf(context, record.key);
	const orders = record.keptWith === 'workflow' ? withKey : withoutKey;
	orders.delete(name);
	orders.set(name, record);
	const [oldest] = orders.keys();
	if (orders.size > MAX_IN_MEMORY) orders.delete(oldest);
	if (record.keptWith === 'workflow') keepWithWorkflow(context);
	if (record.keptWith !== 'execution') return;
	// However many its items are, and whenever it is run again.
	const execution = keptWithExecution(context);
	keep(execution, [record, ...others(execution, [record.key])]);
}

/**
 * Has n8n keep what this process remembers of the node. At the end of an execution, n8n replaces what others
 * have left meanwhile: so each one brings their orders too, once its run is over.
 */
export function keepWithWorkflow(context: IExecuteSingleFunctions): void {
	const node = nameOf(context);
	const here = [...withKey].flatMap(([name, record]) => (name.startsWith(node) ? record : []));
	// In queue mode, what is written here replaces what triggers have noted.
	if (!here.length) return;
	const workflow = keptWithWorkflow(context);
	const all = [...here, ...listIn(workflow)].sort((one, other) => one.at - other.at);
	const latest = new Map(all.map((record) => [record.key, record]));
	const fresh = [...latest.values()]
		.filter((record) => isFresh(record, REMEMBERED_MS))
		.sort((one, other) => other.at - one.at);
	keep(workflow, fresh.slice(0, MAX_STORED));
}

/** Forgets what is remembered of this execution under these keys. */
export function forgetOrders(context: IExecuteSingleFunctions, keys: string[]): void {
	for (const key of keys) withoutKey.delete(nameOf(context, key));
	const execution = keptWithExecution(context);
	if (listIn(execution).length) keep(execution, others(execution, keys));
}

/** The orders that n8n keeps in a place, from the newest to the oldest. */
const listIn = (place: IDataObject): OrderRecord[] =>
	Array.isArray(place[LIST]) ? (place[LIST] as unknown as OrderRecord[]) : [];

const others = (place: IDataObject, keys: string[]): OrderRecord[] =>
	listIn(place).filter(({ key }) => !keys.includes(key));

function keep(place: IDataObject, list: OrderRecord[]): void {
	if (list.length) place[LIST] = list as unknown as IDataObject[];
	else delete place[LIST];
}
