/** How many files of a lane run at a time, on two cores or more: most of their time they wait. */
const AT_A_TIME = { unit: 2, verification: 1, engine: 2, e2e: 2 };

/** Hands out places to files, each lane its own, first come first served. */
export class Slots {
	#free = { ...AT_A_TIME };
	#waiting = [];

	async use(lane, task) {
		while (!this.#free[lane]) await new Promise((resolve) => this.#waiting.push(resolve));
		this.#free[lane] -= 1;
		try {
			return await task();
		} finally {
			this.#free[lane] += 1;
			for (const look of this.#waiting.splice(0)) look();
		}
	}
}
