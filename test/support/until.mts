import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until something holds. */
export async function until<T>(
	what: string,
	holds: () => T | Promise<T>,
	{ minutes = 3, everyMs = 100 } = {},
): Promise<NonNullable<T>> {
	for (let triesLeft = (minutes * 60_000) / everyMs; triesLeft > 0; triesLeft--) {
		const answer = await holds();
		if (answer) return answer;
		await sleep(everyMs);
	}
	throw new Error(`This did not happen: ${what}.`);
}
