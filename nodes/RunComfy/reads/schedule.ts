import { Pace } from './pace';
import type { Wait } from './wait';

/** A wait goes without a look for at most twice its interval or a round of all; the rest is for its turn. */
const LONGEST = 1.75;

/**
 * Which wait looks next:
 * - A request that should be done, by what its finished siblings took, is looked at first, as fast as the
 *   pace allows while such guesses come true.
 * - The others take turns at less than ten looks a second, but for those younger than any sibling was when
 *   it was done.
 * - None goes without a look for longer than twice its interval, or twice a round of all where there are many.
 */
export class Schedule {
	readonly pace = new Pace();
	/** How many waits there are, those included that have a look under way. */
	count = 0;
	/** The waits that ask for their turn. */
	readonly asking = new Set<Wait>();

	/** The wait whose turn it is at `now`, or the time at which to ask again. */
	next(now: number): Wait | number {
		const { freeAt, roundAt } = this.pace;
		const roundMs = this.pace.roundMs(this.count);
		let [best, bestRank, bestAt] = [undefined as Wait | undefined, Infinity, Infinity];
		let soonest = Infinity;
		for (const wait of this.asking) {
			if (wait.lateAt <= now) return this.release(wait);
			const longest = LONGEST * Math.max(wait.intervalMs, roundMs);
			const urgentAt = Math.max(freeAt, Math.min(wait.deadline, wait.lastAt + longest));
			const dueAt = Math.max(wait.siblings.credit > 0 ? freeAt : roundAt, wait.dueAt);
			const turnAt = Math.max(roundAt, wait.roundAt);
			soonest = Math.min(soonest, urgentAt, dueAt, turnAt, wait.lateAt);
			const rank = urgentAt <= now ? 0 : dueAt <= now ? 1 : turnAt <= now ? 2 : Infinity;
			const since = rank === 1 ? wait.dueAt : wait.lastAt;
			if (rank < bestRank || (rank < Infinity && rank === bestRank && since < bestAt))
				[best, bestRank, bestAt] = [wait, rank, since];
		}
		if (!best) return soonest;
		this.pace.send(now);
		return this.release(best);
	}

	private release(wait: Wait): Wait {
		this.asking.delete(wait);
		return wait;
	}
}
