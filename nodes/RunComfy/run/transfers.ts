/** At most this many transfers of a run move bytes at a time. */
const SLOTS = 4;

/** The transfer slots of one run, handed out in the order they were asked for. */
export class Transfers {
	private free = SLOTS;
	private readonly waiting: Array<() => void> = [];

	/** Runs `transfer` as soon as a slot is free. */
	async use<T>(transfer: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await transfer();
		} finally {
			const next = this.waiting.shift();
			if (next) next();
			else this.free++;
		}
	}
}
