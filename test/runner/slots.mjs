/**
 * How many files run at a time, on two cores: those of real n8n wait most of their time, and start processes
 * that need a core for some seconds; the others go beside them, two by two.
 */
const OTHERS = 2;
const E2E_BESIDE_OTHERS = 2;
const E2E_ALONE = 4;

/** Hands out places to files, first come first served in each of two lines. */
export class Slots {
	#running = { e2e: 0, others: 0 };
	#waiting = { e2e: [], others: [] };

	async use(lane, task) {
		const line = lane === 'e2e' ? 'e2e' : 'others';
		await new Promise((resolve) => {
			this.#waiting[line].push(resolve);
			this.#next();
		});
		try {
			return await task();
		} finally {
			this.#running[line] -= 1;
			this.#next();
		}
	}

	#next() {
		for (const line of ['others', 'e2e']) {
			while (this.#waiting[line].length > 0 && this.#running[line] < this.#most(line)) {
				this.#running[line] += 1;
				this.#waiting[line].shift()();
			}
		}
	}

	#most(line) {
		if (line === 'others') return OTHERS;
		const hasOthers = this.#running.others + this.#waiting.others.length > 0;
		return hasOthers ? E2E_BESIDE_OTHERS : E2E_ALONE;
	}
}
