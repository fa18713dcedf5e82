import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { stopped, type Failure } from '../api/failure';
import { now } from '../n8n/clock';
import { pause } from '../n8n/pause';
import { backoffMs } from '../reads/backoff';
import type { Pass } from './pass';
import type { Transfers } from './transfers';

/** How long RunComfy may answer a run with nothing but 429 until the waiting submits fail, in ms. */
const MAX_WAIT_MS = 600_000;

/** RunComfy's 429: the submit was refused, and may be sent again later. */
export class Limited {
	constructor(
		readonly refusal: Failure,
		/** What its Retry-After asks for. */
		readonly waitMs = 0,
	) {}
}

/** An item that has a submit to send. */
interface Sender {
	context: Pick<IExecuteSingleFunctions, 'logger'>;
	index: number;
	pass: Pass;
	signal?: AbortSignal;
	target: string;
	/** It is sent while fewer requests of the run are at RunComfy. */
	maxConcurrent?: number;
}

/** A sender in the line. */
interface Waiting {
	sender: Sender;
	/** Kept when RunComfy sends it back. */
	place: number;
	since: number;
	isTold: boolean;
	/** Ends its wait: with the round in which it may send, or with 'heldBack'. */
	resolve(outcome: number | 'heldBack'): void;
	reject(failure: Failure): void;
}

/**
 * The submits of one run, first come first served. They go out together until RunComfy answers one of
 * them with 429; that holds all of them, and from then on they go one at a time. What waits here is not
 * bought, and holds no transfer slot.
 */
export class SubmitQueue {
	private line: Waiting[] = [];
	private places = 0;
	/** The items whose requests count as being at RunComfy. */
	private readonly atRunComfy = new Set<number>();
	private sending = 0;
	private heldUntil = -Infinity;
	/** A round ends with the first 429 to a submit that was sent in it. */
	private round = 0;
	/** Rounds in a row that ended with a 429. */
	private failures = 0;
	/** The last 429 of these rounds, and when the first one came. */
	private limit?: { since: number; refusal: Failure };
	private alarm = new AbortController();

	constructor(private readonly transfers: Transfers) {}

	/** Calls `submit` when it is the sender's turn, again after each 429, and again when it returns nothing. */
	async send<T>(
		sender: Sender,
		submit: () => Promise<T | Limited | undefined>,
	): Promise<T | 'heldBack'> {
		// A signal takes the same function only once.
		sender.signal?.addEventListener('abort', this.look);
		const own = { sender, place: this.places++, since: now(), isTold: false };
		for (;;) {
			const round = await this.turnOf(own);
			if (round === 'heldBack') return round;
			try {
				const sent = await this.transfers.use(async () => {
					// Something changed while it waited for the slot: back into the line.
					if (round !== this.round || this.endOf(own)) return undefined;
					return await this.noted(round, submit());
				});
				if (sent !== undefined && !(sent instanceof Limited)) return sent as T;
				this.atRunComfy.delete(sender.index);
			} finally {
				this.sending--;
				this.look();
			}
		}
	}

	/** Counts a request that an earlier pass bought. */
	resume(index: number): void {
		this.atRunComfy.add(index);
	}

	/** The item is done, and its request no longer counts. */
	finished(index: number): void {
		if (this.atRunComfy.delete(index)) this.look();
	}

	/** Looks who may send now, and whose waiting is over. */
	readonly look = (): void => {
		this.alarm.abort();
		this.line = this.line.filter((waiting) => {
			const end = this.endOf(waiting);
			if (end === 'heldBack') waiting.resolve(end);
			else if (end) waiting.reject(end);
			return !end;
		});
		if (this.limit) this.line.forEach(tell);
		const heldMs = this.heldUntil - now();
		while (this.line.length && heldMs <= 0 && this.hasRoomFor(this.line[0].sender)) {
			const [{ sender, resolve }] = this.line.splice(0, 1);
			this.sending++;
			this.atRunComfy.add(sender.index);
			resolve(this.round);
		}
		if (this.line.length && heldMs > 0) this.lookIn(heldMs);
	};

	private lookIn(ms: number): void {
		const alarm = (this.alarm = new AbortController());
		void pause(ms, alarm.signal).then(() => {
			if (!alarm.signal.aborted) this.look();
		});
	}

	private async turnOf(
		own: Pick<Waiting, 'sender' | 'place' | 'since' | 'isTold'>,
	): Promise<number | 'heldBack'> {
		return await new Promise((resolve, reject) => {
			this.line.push(Object.assign(own, { resolve, reject }));
			this.line.sort((one, other) => one.place - other.place);
			this.look();
		});
	}

	private hasRoomFor({ maxConcurrent = Infinity }: Sender): boolean {
		const isOneByOne = this.round > 0;
		return this.atRunComfy.size < maxConcurrent && !(isOneByOne && this.sending > 0);
	}

	/** Why an item that has not been sent will not be. */
	private endOf({
		sender: { signal, pass, target },
		since,
	}: Pick<Waiting, 'sender' | 'since'>): Failure | 'heldBack' | undefined {
		if (signal?.aborted) return stopped({ submitted: 'no' });
		if (!pass.mayBuy) return 'heldBack';
		const refusal = pass.refusalOf(target);
		if (refusal || !this.limit) return refusal;
		const deadline = Math.max(since, this.limit.since) + MAX_WAIT_MS;
		return this.heldUntil > deadline ? this.limit.refusal : undefined;
	}

	/** Passes on an answer once the queue has learned from it, before the next in line gets the slot. */
	private async noted<T>(round: number, answer: Promise<T | Limited>): Promise<T | Limited> {
		let limited: Limited | undefined;
		try {
			const sent = await answer;
			if (sent instanceof Limited) limited = sent;
			return sent;
		} finally {
			if (limited) this.hold(round, limited);
			else if (round === this.round) [this.failures, this.limit] = [0, undefined];
		}
	}

	private hold(round: number, { refusal, waitMs }: Limited): void {
		const at = now();
		this.limit = { since: this.limit?.since ?? at, refusal };
		if (round === this.round) {
			this.round++;
			this.failures++;
		}
		const growingMs = backoffMs(this.failures);
		const leftMs = this.limit.since + MAX_WAIT_MS - at;
		// The last try is at the deadline itself.
		const ownMs = leftMs > 0 ? Math.min(growingMs, leftMs) : growingMs;
		this.heldUntil = Math.max(this.heldUntil, at + Math.max(ownMs, waitMs));
	}
}

function tell(waiting: Waiting): void {
	const { isTold, sender } = waiting;
	waiting.isTold = true;
	if (isTold) return;
	sender.context.logger.info(
		`RunComfy: item ${sender.index} waits, RunComfy is limiting requests`,
		{ itemIndex: sender.index },
	);
}
