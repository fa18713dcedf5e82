const FIRST_RATE = 10;
const MIN_RATE = 1;
/** Never 31 reads in a second, with one that catches up and some that arrive closer than they were sent. */
const MAX_RATE = 28.5;
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
	private sentAt = -Infinity;
	private nextAt = -Infinity;
	private slowedAt = -Infinity;

	/** From when on the next look may be sent. */
	get freeAt(): number {
		return Math.max(this.nextAt, this.heldUntil);
	}

	/** From when on a look may be sent that nothing speaks for. */
	get roundAt(): number {
		return Math.max(this.freeAt, this.sentAt + ROUND_GAP_MS);
	}

	/** How long it takes to look at so many once. */
	roundMs(count: number): number {
		return count * Math.max(ROUND_GAP_MS, 1000 / this.rate);
	}

	send(now: number): void {
		const gap = 1000 / this.rate;
		// A busy n8n wakes late: one look may catch up.
		this.nextAt = Math.max(this.nextAt, now - gap) + gap;
		this.sentAt = now;
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
		this.nextAt = Math.max(this.nextAt, now + 1000 / this.rate);
	}

	/** Holds all reads back, as a Retry-After asks. */
	holdUntil(until: number): void {
		this.heldUntil = Math.max(this.heldUntil, until);
	}
}
