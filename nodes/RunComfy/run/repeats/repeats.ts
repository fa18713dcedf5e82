import { isToolCall } from '../../n8n/items';
import type { PreparedOrder } from '../../order/order';
import type { Item } from '../item';

const DAY_MS = 86_400_000;
const TEN_MINUTES_MS = 600_000;

interface Repeat {
	/** What the order is found by; undefined where it does not come again in this way. */
	foundBy(item: Item, order: PreparedOrder): string | undefined;
	/** How long it is found, in ms. */
	forMs: number;
	/** What n8n saves it with. This process remembers all of them, as far as there is room. */
	savedWith?: 'workflow' | 'execution';
}

/**
 * How the same order comes again, and is not bought again: the README's table of what starts an order again.
 * Two more ways need no key: Retry On Fail finds what the item bought in the run's ledger, and an item that
 * returns from an error branch brings the fingerprint with it (buy/reuse).
 */
export const REPEATS = {
	/** A webhook delivered twice, or a row read twice: the user says which orders are the same. */
	idempotencyKey: {
		foundBy: (_item, { idempotencyKey }) => idempotencyKey,
		forMs: DAY_MS,
		savedWith: 'workflow',
	},
	/** An agent or MCP client that stopped waiting and calls again. */
	toolCall: {
		foundBy: ({ context }, { fingerprint }) => (isToolCall(context) ? fingerprint : undefined),
		forMs: TEN_MINUTES_MS,
	},
	/**
	 * An execution that n8n runs twice. While n8n starts, it can take an execution that has just come in for one
	 * left over from before (seen in 1.123.81; in 2.41.1, read in recoverEnqueuedExecutions).
	 */
	sameItem: {
		foundBy: ({ context, index }, { fingerprint }) => {
			const { $runIndex } = context.getWorkflowDataProxy(index);
			const place = [context.getExecutionId(), context.getNode().name, $runIndex, index];
			return `${place.join(' ')} ${fingerprint}`;
		},
		forMs: DAY_MS,
	},
	/**
	 * n8n's Retry of a failed execution, or another try in the editor. Two items of a run with the same
	 * fingerprint are two orders, because somebody wants two clips; so they are numbered.
	 */
	rerun: {
		foundBy: ({ run, index }, { fingerprint, idempotencyKey = '' }) => {
			const order = `${fingerprint} ${idempotencyKey}`;
			return `${run.copyNumber(index, order)} ${order}`;
		},
		// What an execution bought is its own, whenever it is run again.
		forMs: Infinity,
		savedWith: 'execution',
	},
} satisfies Record<string, Repeat>;

type Kind = keyof typeof REPEATS;

/** What an order is found by, with the kind of repeat in front. */
export type Key = `${Kind} ${string}`;

/** The keys of one order. */
export interface Keys {
	/** The same order, coming at any time, is the same purchase under this one. */
	own: Key;
	/** Only a rerun of the execution finds the order by this one. */
	rerun: Key;
	/** Those that it is looked for under. */
	sought: Key[];
}

export function keysOf(item: Item, order: PreparedOrder): Keys {
	const keyOf = (kind: Kind): Key | undefined => {
		const text = (REPEATS[kind] as Repeat).foundBy(item, order);
		return text === undefined ? undefined : `${kind} ${text}`;
	};
	const own = keyOf('idempotencyKey') ?? keyOf('toolCall') ?? keyOf('sameItem')!;
	const rerun = keyOf('rerun')!;
	const isRerun = ['retry', 'manual'].includes(item.context.getMode());
	return { own, rerun, sought: isRerun ? [own, rerun] : [own] };
}

/** The row of the table that a key belongs to. */
export const repeatOf = (key: Key): Omit<Repeat, 'foundBy'> =>
	REPEATS[key.split(' ', 1)[0] as Kind];
