const FIRST_RATE = 10;
const MIN_RATE = 1;
/** Keeps arrivals at 30 a second or less, since requests arrive less evenly than they are sent. */
const MAX_RATE = 29;
/** A second, plus the jitter of the network. */
const WINDOW_MS = 1_015;
/** Shortest gap, as a share of the even one; the slack makes up for an n8n that is busy and wakes late. */
const CLOSEST = 0.3;
/** More reads a second with each that is answered, and after the first 429. */
const GROWTH = 0.2;
const GROWTH_NEAR_LIMIT = 0.1;
/** Round looks (see turns.ts) stay under 10 a second. */
const ROUND_GAP_MS = 105;

/** How many status reads a second RunComfy is asked for; times are those of n8n/clock. */
export class Pace {
	/** No read is sent before this time. */
	heldUntil = -Infinity;
	private rate = FIRST_RATE;
	/** The last ones, oldest first. */
	private readonly sent: number[] = [];
	private slowedAt = -Infinity;

	/** From when on the next look may be sent. */
	get freeAt(): number {
		const gapAfter = this.sentAt(1) + (CLOSEST * 1000) / this.rate;
		return Math.max(gapAfter, this.sentAt(Math.floor(this.rate)) + WINDOW_MS, this.heldUntil);
	}

	/** From when on a round look may be sent. */
	get roundAt(): number {
		return Math.max(this.freeAt, this.sentAt(1) + ROUND_GAP_MS);
	}

	/** How long it takes to look at so many once. */
	roundMs(count: number): number {
		return count * Math.max(ROUND_GAP_MS, 1000 / this.rate);
	}

	send(now: number): void {
		this.sent.push(now);
		if (this.sent.length > MAX_RATE) this.sent.shift();
	}

	answered(): void {
		this.rate = Math.min(
			MAX_RATE,
			this.rate + (this.slowedAt > -Infinity ? GROWTH_NEAR_LIMIT : GROWTH),
		);
	}

	/** A read sent at `sentAt` was answered 429; reads that were in flight at the same time count as one refusal. */
	refused(sentAt: number, now: number): void {
		if (sentAt <= this.slowedAt) return;
		this.slowedAt = now;
		this.rate = Math.max(MIN_RATE, this.rate / 2);
	}

	/** Holds all reads back, as a Retry-After asks. */
	holdUntil(until: number): void {
		this.heldUntil = Math.max(this.heldUntil, until);
	}

	/** When the last one was sent, or the one so many before. */
	private sentAt(ago: number): number {
		return this.sent.at(-ago) ?? -Infinity;
	}
}
