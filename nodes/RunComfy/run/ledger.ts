import type {
	IDataObject,
	IExecuteData,
	IExecuteSingleFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import type { ModelEntry } from '../api/types';
import type { Order } from '../resources/video/order';
import { toolInput } from '../n8n/items';
import { Pace } from '../api/pace';
import { Transfers } from './transfers';

/** What is known of the request that an item bought. */
export interface Purchase {
	requestId: string;
	modelId: string;
	/** The state last seen, as the API spells it. */
	status: string;
	videoUrl?: string;
}

/** What one run of the node knows of one input item, across all retries of that run. */
export interface Entry {
	index: number;
	/** The item's checked parameters and references. */
	order?: Promise<Order>;
	/** Set when a submit goes out, and unset only when RunComfy definitely refused it. */
	submit?: Promise<Purchase | undefined>;
	purchase?: Purchase;
	/** A submit went out whose outcome is not known; an answer may have named a request all the same. */
	unconfirmed?: { named?: string };
	/** The user stopped the execution, and the log says what became of the request. */
	stopReported?: boolean;
	output?: INodeExecutionData[];
}

/** One pass of n8n over the items of a run; Retry On Fail makes another. */
class Attempt {
	readonly entered: number[] = [];
	/** An item failed, and the node is to stop the workflow then: nothing more is bought. */
	doomed = false;
	/** Whether the expressions on the node can be resolved for later batches; the first one looks. */
	canResolve?: boolean;
	private settled = 0;
	private allSettled: () => void = () => undefined;
	private readonly everyone = new Promise<void>((resolve) => (this.allSettled = resolve));

	constructor(readonly itemCount: number) {}

	settle(): void {
		if (++this.settled === this.itemCount) this.allSettled();
	}

	/** Resolves when every item of the pass has its outcome. */
	async everyoneSettled(): Promise<void> {
		await this.everyone;
	}
}

/** Everything the items of one run of the node share. */
export class Run {
	readonly pace = new Pace();
	readonly transfers = new Transfers();
	/** Catalogue entries read in this run, by model id. */
	readonly models = new Map<string, Promise<ModelEntry>>();
	private readonly entries = new Map<number, Entry>();
	private attempt?: Attempt;

	/** Registers an item; n8n starts items in order, so an earlier one begins a new attempt. */
	enter(index: number, itemCount: number): { entry: Entry; attempt: Attempt } {
		if (!this.attempt || (this.attempt.entered.at(-1) ?? -1) >= index) {
			this.attempt = new Attempt(itemCount);
		}
		this.attempt.entered.push(index);
		let entry = this.entries.get(index);
		if (!entry) this.entries.set(index, (entry = { index }));
		return { entry, attempt: this.attempt };
	}

	entry(index: number): Entry | undefined {
		return this.entries.get(index);
	}

	/** The items that may have been bought, with what RunComfy may have called the request. */
	unconfirmed(): Array<{ index: number; named?: string }> {
		return [...this.entries.values()].flatMap(({ index, unconfirmed }) =>
			unconfirmed ? [{ index, ...unconfirmed }] : [],
		);
	}

	/** All requests bought in this run, by item. */
	purchases(): Array<{ index: number; purchase: Purchase }> {
		return [...this.entries.values()].flatMap(({ index, purchase }) =>
			purchase ? [{ index, purchase }] : [],
		);
	}
}

export type { Attempt };

// n8n hands the same object to every item of a run and to every retry of it, and a new one to the
// next run: so it is what the money of a run is booked under, and forgotten with. An agent's tool
// calls are given the agent's; what sets one call apart is its own arguments.
const runs = new WeakMap<IExecuteData | IDataObject, Run>();

/** The ledger of the node run that `context` belongs to. */
export function runOf(context: IExecuteSingleFunctions): Run {
	const key = toolInput(context)?.json ?? context.getExecuteData();
	let run = runs.get(key);
	if (!run) runs.set(key, (run = new Run()));
	return run;
}

/** Purchases of this process that are remembered beyond their run; the oldest are forgotten first. */
const MAX_REMEMBERED = 1000;
const boughtByExecutions = new Set<string>();
const purchaseKey = (context: IExecuteSingleFunctions, requestId: string) =>
	`${context.getExecutionId()} ${requestId}`;

/** Remembers what an execution bought, for the nodes that come later in it. */
export function rememberPurchase(context: IExecuteSingleFunctions, requestId: string): void {
	boughtByExecutions.add(purchaseKey(context, requestId));
	const [oldest] = boughtByExecutions;
	if (boughtByExecutions.size > MAX_REMEMBERED) boughtByExecutions.delete(oldest);
}

/** Whether the request was bought by the execution that `context` belongs to, and not elsewhere. */
export function isBoughtHere(context: IExecuteSingleFunctions, requestId: string): boolean {
	return boughtByExecutions.has(purchaseKey(context, requestId));
}
