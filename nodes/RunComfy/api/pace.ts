/**
 * All waits of a run together stay under 10 status reads a second: at most one in 105 ms, since they
 * arrive a little less evenly than they are sent (at 102 ms, up to 12 were counted in a second).
 */
const MIN_GAP_MS = 105;

/** Hands out the times at which the waits of one run may send their reads. */
export class Pace {
	private nextFreeAt = 0;
	private heldUntil = 0;
	private lastSentAt = 0;

	/** Reserves the next free place at or after `now` (epoch ms) and returns its time. */
	reserve(now: number): number {
		const at = Math.max(this.notBefore(now), this.nextFreeAt);
		this.nextFreeAt = at + MIN_GAP_MS;
		return at;
	}

	/**
	 * When a read whose place has come may be sent, at or after `now` (epoch ms): a busy n8n wakes several
	 * of them at once.
	 */
	send(now: number): number {
		return (this.lastSentAt = Math.max(now, this.lastSentAt + MIN_GAP_MS));
	}

	/** When a read that needs no place may be sent, at or after `now` (epoch ms). */
	notBefore(now: number): number {
		return Math.max(now, this.heldUntil);
	}

	/** Holds all reads of the run back until `until` (epoch ms), as a Retry-After asks. */
	holdUntil(until: number): void {
		this.heldUntil = Math.max(this.heldUntil, until);
	}
}
