import type { Phase } from '../api/states';

/** A look may take its turn, and get its answer, this much after the deadline. */
export const MAX_LATENESS_MS = 2_000;

const MAX_DURATIONS = 16;
/** In hits: a guess pays off while two of three come true. */
const COST_OF_A_MISS = 2;
/** So many good guesses are remembered when guesses begin to fail. */
const MAX_CREDIT = 10;
/** At the age at which siblings were done, looks may be closer: those before that age are saved. */
const SOONER = 0.6;
/** A queued request is looked at less and less often, up to this. */
const MAX_QUEUED_INTERVAL_MS = 10_000;
const QUEUED_GROWTH = 1.5;

/** Milliseconds until the next look at a request that was in `phase` for `looks` looks in a row. */
export function nextLookMs(phase: Phase, looks: number, pollIntervalMs: number): number {
	if (phase !== 'queued') return pollIntervalMs;
	const slowest = Math.max(pollIntervalMs, MAX_QUEUED_INTERVAL_MS);
	return Math.min(slowest, pollIntervalMs * QUEUED_GROWTH ** (looks - 1));
}

/** What is known of requests that take about the same time: the newest that were completed. */
export class Siblings {
	/** Above 0, guesses come true often enough to spend reads on them. */
	credit = 1;
	private readonly newest: number[] = [];
	private sorted: number[] = [];

	/** What the fastest took, in ms. */
	get shortest(): number {
		return this.sorted[0] ?? 0;
	}

	/** In what time half of those that took longer than `ms` were done; undefined when none took longer. */
	medianBeyond(ms: number): number | undefined {
		const first = this.sorted.findIndex((duration) => duration > ms);
		return first < 0 ? undefined : this.sorted[(first + this.sorted.length) >> 1];
	}

	/** Another one took so long. */
	learn(ms: number): void {
		this.newest.push(ms);
		if (this.newest.length > MAX_DURATIONS) this.newest.shift();
		this.sorted = [...this.newest].sort((one, other) => one - other);
	}

	/** A guess came true, or not. */
	rate(hit: boolean): void {
		const credit = this.credit + (hit ? 1 : -COST_OF_A_MISS);
		this.credit = Math.min(MAX_CREDIT, Math.max(0, credit));
	}
}

/** One wait for a request, as the schedule sees it; times are those of n8n/clock. */
export class Wait {
	/** When it was last known to be unfinished. */
	lastAt: number;
	/** Time between two looks, as its state asks for. */
	intervalMs: number;
	private hasLooked = false;
	private looks = 0;
	private phase?: Phase;
	/** When it began to run, or will as far as its place in the queue tells. */
	private startsAt: number;
	private queuedAt?: number;
	/** Its place in the queue when it was first seen there. */
	private place?: { position: number; at: number };

	/** `since` is when it was bought, or else when the wait began. */
	constructor(
		readonly siblings: Siblings,
		readonly since: number,
		readonly deadline: number,
		private readonly pollIntervalMs: number,
	) {
		this.lastAt = this.startsAt = since;
		this.intervalMs = pollIntervalMs;
	}

	/** A single look, which comes before those of waits. */
	static once(now: number, deadline: number): Wait {
		const wait = new Wait(new Siblings(), now, deadline, 0);
		wait.lastAt = -Infinity;
		return wait;
	}

	/** From when on it is too late for a look. */
	get lateAt(): number {
		return this.deadline + MAX_LATENESS_MS;
	}

	/** When it should be done, by what its siblings took; Infinity when they tell nothing. */
	get expectedAt(): number {
		return this.startsAt + (this.siblings.medianBeyond(this.lastAt - this.startsAt) ?? Infinity);
	}

	/** When it should be looked at since it should be done. */
	get dueAt(): number {
		return Math.max(this.expectedAt, this.hasLooked ? this.lastAt + SOONER * this.intervalMs : 0);
	}

	/** When it may be looked at with no better reason than that it may be done. */
	get roundAt(): number {
		if (!this.hasLooked) return this.since;
		const interval = (this.expectedAt < Infinity ? SOONER : 1) * this.intervalMs;
		return Math.max(this.lastAt + interval, this.startsAt + this.siblings.shortest);
	}

	/** A look at `now` found it unfinished. */
	saw(phase: Phase, position: unknown, now: number): void {
		if (this.expectedAt <= now) this.siblings.rate(false);
		this.looks = phase === this.phase ? this.looks + 1 : 1;
		this.phase = phase;
		this.hasLooked = true;
		this.lastAt = now;
		this.intervalMs = nextLookMs(phase, this.looks, this.pollIntervalMs);
		if (phase === 'queued') this.sawQueued(Number(position), now);
		else this.startsAt = this.queuedAt ?? this.since;
	}

	private sawQueued(position: number, now: number): void {
		this.startsAt = this.queuedAt = now;
		if (!(position > 0)) return;
		this.place ??= { position, at: now };
		const moved = this.place.position - position;
		if (moved > 0) this.startsAt += (position / moved) * (now - this.place.at);
	}

	/** A look at `now` found it completed; `endedAt` is when it was, if that is known. */
	completed(now: number, endedAt?: number): void {
		const wasExpected = this.expectedAt <= now;
		if (wasExpected) this.siblings.rate(true);
		const duration = (endedAt ?? now) - (this.queuedAt ?? this.since);
		// When a sweep came by tells nothing new of how long it took.
		if (duration > 0 && (endedAt !== undefined || !wasExpected)) this.siblings.learn(duration);
	}
}
