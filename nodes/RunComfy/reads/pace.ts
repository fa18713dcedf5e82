const FIRST_RATE = 10;
const MIN_RATE = 1;
/** So that no more than 30 come within a second, since they arrive less evenly than they are sent. */
const MAX_RATE = 29;
/** A second, and what some take longer than others on their way. */
const WINDOW_MS = 1_015;
/** Of the even distance between two; what is left of the window makes up for a busy n8n that wakes late. */
const CLOSEST = 0.3;
/** More reads a second with each that is answered, and after the first 429. */
const GROWTH = 0.2;
const GROWTH_NEAR_LIMIT = 0.1;
/** Looks that nothing speaks for stay under 10 a second. */
const ROUND_GAP_MS = 105;

/** How many status reads a second RunComfy is asked for; times are those of n8n/clock. */
export class Pace {
	/** Nothing is read before. */
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

	/** From when on a look may be sent that nothing speaks for. */
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

	/** After a 429 to what was sent at `sentAt`; what was under way with it is the same news. */
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
