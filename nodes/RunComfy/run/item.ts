import type { IExecuteSingleFunctions } from 'n8n-workflow';

import type { Api } from '../api/client';
import type { Order } from '../order/order';
import type { Entry, Run } from './ledger';
import type { Pass } from './pass';

/** One input item as n8n calls the node for it. */
export interface Entered {
	context: IExecuteSingleFunctions;
	/** Position among the input items of the run. */
	index: number;
	run: Run;
	entry: Entry;
	pass: Pass;
	/** When n8n called the node for it, by n8n/clock. */
	calledAt: number;
	/** Fires when the user stops the execution. */
	signal?: AbortSignal;
	/** The item with a connection to the API; rejects with a Failure when the credential cannot work. */
	connected(): Promise<Item>;
}

/** One input item on its way through an operation. */
export interface Item extends Omit<Entered, 'connected'> {
	api: Api;
}

/** What a resource does for `buy` and `estimateCost`: reads and checks everything about one purchase. */
export type OrderOf = (item: Item) => Promise<Order>;
