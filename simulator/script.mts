import type { Condition, RequestKind } from './types.mts';

/** What is about to happen. */
interface Occasion {
	/** Absent when a job is bought. */
	on?: RequestKind;
	requestId?: string;
	nth?: number;
}

interface Pending<T> {
	entry: T;
	passed: number;
	used: number;
}

/** What tests asked for, in faults or in plans, and when. */
export class Script<T extends Condition & Occasion> {
	readonly #check: (entry: T) => void;
	#pending: Array<Pending<T>> = [];

	constructor(check: (entry: T) => void) {
		this.#check = check;
	}

	add(entries: T[]) {
		entries.forEach(this.#check);
		this.#pending.push(...entries.map((entry) => ({ entry, passed: 0, used: 0 })));
	}

	clear() {
		this.#pending = [];
	}

	/** The first entry for this occasion. Every other one that fits counts it as passed by. */
	take(occasion: Occasion): T | undefined {
		let taken: Pending<T> | undefined;
		for (const pending of this.#pending.filter(({ entry }) => fits(entry, occasion))) {
			const { skip = 0, times = 1 } = pending.entry;
			const ready = pending.passed >= skip && (times === -1 || pending.used < times);
			if (ready && !taken) taken = pending;
			else pending.passed += 1;
		}
		if (taken) taken.used += 1;
		return taken?.entry;
	}
}

function fits(entry: Occasion, { on, requestId, nth }: Occasion): boolean {
	return (
		entry.on === on &&
		(entry.requestId === undefined || entry.requestId === requestId) &&
		(entry.nth === undefined || entry.nth === nth)
	);
}
