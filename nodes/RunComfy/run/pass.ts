import type { Failure } from '../api/failure';

/** What the orders of a batch cost on top of what the run has spent before; in USD. */
export interface Spending {
	before: number;
	planned: number;
	/** How many orders are planned. */
	count: number;
}

/** One try of n8n to run the node over its items; Retry On Fail makes another. */
export class Pass {
	/** The items that n8n has called so far, in order. */
	readonly entered: number[] = [];
	/** Whether the expressions on the node can be resolved for later batches; the first one looks. */
	canResolve?: boolean;
	/** By the first item of each batch, so that all its items are judged by the same sum. */
	readonly spending = new Map<number, Spending>();
	/** Price of each item that passed the checks and is not sent yet; in USD. */
	readonly reserved = new Map<number, number>();
	/** Resolves when every item of the pass has its outcome: a latch that `done` counts down. */
	readonly allDone: Promise<void>;

	/** Why no more orders with a target are sent, or none with any. */
	private readonly refusals = new Map<string | undefined, Failure>();
	private buying = true;
	private left: number;
	private release: () => void = () => undefined;

	/** `onChange` is called when something that was to be bought no longer is. */
	constructor(
		itemCount: number,
		private readonly onChange: () => void,
	) {
		this.left = itemCount;
		this.allDone = new Promise((resolve) => (this.release = resolve));
	}

	/** Whether anything may still be bought. */
	get mayBuy(): boolean {
		return this.buying;
	}

	/** An item failed, and the node is to stop the workflow then: nothing more is bought. */
	stopBuying(): void {
		this.buying = false;
		this.onChange();
	}

	/** Has the orders that are not sent yet fail with `failure`: those with one target, or all of them. */
	refuse(failure: Failure, target?: string): void {
		if (!this.refusals.has(target)) this.refusals.set(target, failure);
		this.onChange();
	}

	/** Why an order with this target is not sent. */
	refusalOf(target: string): Failure | undefined {
		return this.refusals.get(undefined) ?? this.refusals.get(target);
	}

	/** An item has its outcome; returns whether it was the last one. */
	done(): boolean {
		if (--this.left === 0) this.release();
		return this.left === 0;
	}
}
