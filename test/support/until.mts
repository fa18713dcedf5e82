import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until something holds: less often the longer it takes, unless it is told how often. */
export async function until<T>(
	what: string,
	holds: () => T | Promise<T>,
	{ minutes = 3, everyMs }: { minutes?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
	const start = Date.now();
	for (let waited = 0; waited < minutes * 60_000; waited = Date.now() - start) {
		const answer = await holds();
		if (answer) return answer;
		await sleep(everyMs ?? Math.min(100 + waited / 10, 1000));
	}
	throw new Error(`This did not happen: ${what}.`);
}
