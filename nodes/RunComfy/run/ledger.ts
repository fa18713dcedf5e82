import type {
	IDataObject,
	IExecuteData,
	IExecuteSingleFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import type { Failure, FailureDetails } from '../api/failure';
import type { ModelEntry } from '../api/types';
import { toolInput } from '../n8n/items';
import type { Looked } from '../order/files/linkAnswer';
import type { Obstacle } from '../order/files/ownLink';
import type { PreparedOrder } from '../order/order';
import type { ServedRequest } from '../reads/request';
import { Siblings } from '../reads/wait';
import { Pass } from './pass';
import { SubmitQueue } from './submitQueue';
import { Transfers } from './transfers';

/** What is known of the request that an item bought. */
export interface Purchase extends ServedRequest {
	target: string;
	/** The state last seen, as the API spells it. */
	status: string;
	/** What it made, as a Failure names it. */
	made?: Pick<FailureDetails, 'videoUrl' | 'files'>;
	/** Requests of one kind take about the same time. Unset when it was not bought in this execution. */
	kind?: string;
	/** When it was bought, by n8n/clock. */
	since?: number;
	/** Bought by an earlier order, and used again. */
	reused?: boolean;
}

/** What one run of the node knows of one input item, across all passes of that run. */
export interface Entry {
	index: number;
	/** The item's checked parameters and references. */
	order?: Promise<PreparedOrder>;
	/** Identifies the order, see run/repeats/fingerprint. */
	fingerprint?: string;
	/** What a rerun of the execution would find the purchase by. */
	rerunKey?: string;
	/** RunComfy's refusal of the order with its files inside the request; from then on they are sent as links. */
	dataRefused?: Failure;
	/** Set from when the submit waits for its turn; unset only when nothing was bought by it. */
	submit?: Promise<Purchase | 'heldBack'>;
	purchase?: Purchase;
	/** Price of what was sent or is about to be, in USD; set where a limit needs it. */
	cost?: number;
	/** A submit was sent whose outcome is not known; the answer may still have named a request. */
	unconfirmed?: { named?: string };
	/** The user stopped the execution, and the log says what became of the request. */
	stopReported?: boolean;
	output?: INodeExecutionData[];
	/** What is known of each request that the item names, where it orders none. */
	requests?: Map<string, Entry>;
}

/** Everything the items of one run of the node share. */
export class Run {
	/** What became of requests whose kind is not known. */
	readonly siblings = new Siblings();
	readonly transfers = new Transfers();
	readonly submits = new SubmitQueue(this.transfers);
	/** Catalogue entries read in this run, by model id. */
	readonly models = new Map<string, Promise<ModelEntry>>();
	/** What was found at the links of this run, by URL. */
	readonly looks = new Map<string, Promise<Looked>>();
	/** Requests for which a stop has sent a cancel. */
	readonly cancelled = new Set<string>();
	/** What keeps n8n's files from being read at its public address, by the file's ID. */
	readonly ownLooks = new Map<string, Promise<Obstacle | undefined>>();
	private readonly entries = new Map<number, Entry>();
	private readonly copies = new Map<string, number[]>();
	private pass?: Pass;

	/** Registers an item; n8n starts items in order, so an earlier one begins a new pass. */
	enter(index: number, itemCount: number): { entry: Entry; pass: Pass } {
		if (!this.pass || (this.pass.entered.at(-1) ?? -1) >= index)
			this.pass = new Pass(itemCount, this.submits.look);
		this.pass.entered.push(index);
		let entry = this.entries.get(index);
		if (!entry) this.entries.set(index, (entry = { index }));
		return { entry, pass: this.pass };
	}

	entry(index: number): Entry | undefined {
		return this.entries.get(index);
	}

	/** Numbers the items that order the same, from 0 as they come to be sent. */
	copyNumber(index: number, order: string): number {
		const items = this.copies.get(order) ?? [];
		this.copies.set(order, items);
		if (!items.includes(index)) items.push(index);
		return items.indexOf(index);
	}

	/** What a rerun of the execution would find the purchases of this run by. */
	rerunKeys(): string[] {
		return [...this.entries.values()].flatMap(({ rerunKey }) => rerunKey ?? []);
	}

	/** The items that may have been bought, with what RunComfy may have called the request. */
	unconfirmed(): Array<{ index: number; named?: string }> {
		return [...this.entries.values()].flatMap(({ index, unconfirmed }) =>
			unconfirmed ? [{ index, ...unconfirmed }] : [],
		);
	}

	/** What this run has spent, may have spent or is about to spend, in USD, as far as prices were read. */
	spent(): number {
		return [...this.entries.values()].reduce((total, { index, submit, cost = 0 }) => {
			return total + (submit ? cost : (this.pass?.reserved.get(index) ?? 0));
		}, 0);
	}

	/** All requests bought in this run, by item; a dry run buys none. */
	purchases(): Array<{ index: number; purchase: Purchase }> {
		return [...this.entries.values()].flatMap(({ index, purchase }) =>
			purchase && !isDryRunId(purchase.requestId) ? [{ index, purchase }] : [],
		);
	}
}

// n8n hands the same object to every item of a run and to every retry of it, and a new one to the
// next run: so the ledger of a run is keyed by it, and freed with it. An agent's tool calls get the
// agent's object; there, the arguments of each call are the key.
const runs = new WeakMap<IExecuteData | IDataObject, Run>();

/** The ledger of the node run that `context` belongs to. */
export function runOf(context: IExecuteSingleFunctions): Run {
	const key = toolInput(context)?.json ?? context.getExecuteData();
	let run = runs.get(key);
	if (!run) runs.set(key, (run = new Run()));
	return run;
}
