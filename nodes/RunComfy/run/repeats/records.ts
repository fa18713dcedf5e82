import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { Failure } from '../../api/failure';
import { savedWithExecution, savedWithWorkflow } from '../../n8n/savedData';
import type { Purchase } from '../ledger';
import { REPEATS, repeatOf, type Key, type Keys } from './repeats';

/**
 * How many records this process remembers over all nodes, with an idempotency key and without. An order without
 * one has two records, so these are 1000 orders, as many as one execution may well have; in all 4 MB.
 */
const MAX_IN_MEMORY = 2000;
/** How many n8n saves with the workflow for one node. */
const MAX_SAVED = 200;

const LIST = 'orders';

/** What became of an order: the request it bought, or none that is known. */
export interface Outcome {
	fingerprint: string;
	/** Unset where the outcome of the submit is not known. */
	requestId?: string;
	target: string;
	/** Epoch ms. */
	at: number;
}

/** An outcome as it is remembered and saved: JSON. */
interface OrderRecord extends Outcome {
	key: Key;
	/** The idempotency key of what is saved with the execution: its rerun has to know that as well. */
	alsoKey?: Key;
}

/** An order that is being sent, for whoever comes with the same key meanwhile. */
export interface OpenOrder {
	fingerprint: string;
	requestId?: undefined;
	/** Resolves when the outcome is remembered; never rejects. */
	settled: Promise<void>;
}

/** From the oldest to the newest, each kind with room of its own: one must not push the other out. */
const withIdempotencyKey = new Map<string, OrderRecord>();
const withoutIdempotencyKey = new Map<string, OrderRecord>();
const open = new Map<string, OpenOrder>();

/** A key counts for one node of one workflow. */
const nodeKey = (context: IExecuteSingleFunctions, key = ''): string =>
	`${context.getWorkflow().id} ${context.getNode().id} ${key}`;

const isFresh = ({ at }: OrderRecord, { forMs }: { forMs: number }): boolean =>
	Date.now() - at < forMs;

/** The order that is being sent under a key in this process. */
export function openOrder(context: IExecuteSingleFunctions, key: Key): OpenOrder | undefined {
	return open.get(nodeKey(context, key));
}

/** Waits for the submit of an order, found by its key meanwhile, and remembers what it bought or may have bought. */
export async function settledOrder(
	context: IExecuteSingleFunctions,
	keys: Keys,
	{ fingerprint, target }: Pick<Outcome, 'fingerprint' | 'target'>,
	submit: Promise<Purchase | 'heldBack'>,
): Promise<Purchase | 'heldBack'> {
	const remember = (requestId?: string) =>
		rememberOrder(context, keys, { fingerprint, target, requestId, at: Date.now() });
	const settled = submit.then(
		(purchase) => {
			if (purchase !== 'heldBack') remember(purchase.requestId);
		},
		(error: unknown) => {
			const details = error instanceof Failure ? error.details : undefined;
			if (details?.submitted !== 'no') remember(details?.requestId);
		},
	);
	const name = nodeKey(context, keys.own);
	open.set(name, { fingerprint, settled });
	void settled.finally(() => open.delete(name));
	await settled;
	return await submit;
}

/** What is known of an order by its key, as long as the table says. */
export function recordOf(context: IExecuteSingleFunctions, key: Key): OrderRecord | undefined {
	const latest = latestOf(context, key);
	return latest && isFresh(latest, repeatOf(key)) ? latest : undefined;
}

/** The latest record counts: another process may have made anew what failed here. */
function latestOf(context: IExecuteSingleFunctions, key: Key): OrderRecord | undefined {
	const name = nodeKey(context, key);
	const here = withIdempotencyKey.get(name) ?? withoutIdempotencyKey.get(name);
	const saved = [savedWithWorkflow(context), savedWithExecution(context)].flatMap(listIn);
	const known = saved.filter((record) => record.key === key || record.alsoKey === key);
	const [latest] = [...(here ? [here] : []), ...known].sort((one, other) => other.at - one.at);
	return latest;
}

/** Remembers what became of an order, by its own key and for a rerun of the execution. */
export function rememberOrder(
	context: IExecuteSingleFunctions,
	{ own, rerun }: Keys,
	{ fingerprint, target, requestId, at }: Outcome,
): void {
	const outcome = { fingerprint, target, requestId, at };
	if ((latestOf(context, own)?.at ?? at) <= at) remember(context, { ...outcome, key: own });
	const alsoKey = repeatOf(own).savedWith === 'workflow' ? own : undefined;
	remember(context, { ...outcome, key: rerun, alsoKey });
}

/** Replaces what was known by the key of a record. */
function remember(context: IExecuteSingleFunctions, record: OrderRecord): void {
	const { savedWith } = repeatOf(record.key);
	const name = nodeKey(context, record.key);
	const records = savedWith === 'workflow' ? withIdempotencyKey : withoutIdempotencyKey;
	records.delete(name);
	records.set(name, record);
	const [oldest] = records.keys();
	if (records.size > MAX_IN_MEMORY) records.delete(oldest);
	if (savedWith === 'workflow') saveWithWorkflow(context);
	if (savedWith !== 'execution') return;
	// All of them, however many items the execution has.
	const execution = savedWithExecution(context);
	save(execution, [record, ...others(execution, [record.key])]);
}

/**
 * Has n8n save what this process remembers of the node's idempotency keys. At its end, an execution overwrites
 * what others have saved meanwhile, so each one saves theirs too when its run is over.
 */
export function saveWithWorkflow(context: IExecuteSingleFunctions): void {
	const node = nodeKey(context);
	const here = [...withIdempotencyKey].flatMap(([name, record]) =>
		name.startsWith(node) ? record : [],
	);
	// In queue mode, what is written here replaces what triggers have saved.
	if (!here.length) return;
	const workflow = savedWithWorkflow(context);
	const all = [...here, ...listIn(workflow)].sort((one, other) => one.at - other.at);
	const latest = new Map(all.map((record) => [record.key, record]));
	const fresh = [...latest.values()]
		.filter((record) => isFresh(record, REPEATS.idempotencyKey))
		.sort((one, other) => other.at - one.at);
	save(workflow, fresh.slice(0, MAX_SAVED));
}

/** Forgets what reruns of this execution would find by these keys. */
export function forgetReruns(context: IExecuteSingleFunctions, keys: string[]): void {
	for (const key of keys) withoutIdempotencyKey.delete(nodeKey(context, key));
	const execution = savedWithExecution(context);
	if (listIn(execution).length) save(execution, others(execution, keys));
}

/** The records that n8n saves in a place. */
const listIn = (place: IDataObject): OrderRecord[] =>
	Array.isArray(place[LIST]) ? (place[LIST] as unknown as OrderRecord[]) : [];

const others = (place: IDataObject, keys: string[]): OrderRecord[] =>
	listIn(place).filter(({ key }) => !keys.includes(key));

function save(place: IDataObject, list: OrderRecord[]): void {
	if (list.length) place[LIST] = list as unknown as IDataObject[];
	else delete place[LIST];
}
