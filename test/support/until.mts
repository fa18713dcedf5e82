import { setTimeout as sleep } from 'node:timers/promises';

const MOST_MS = 180_000;

/** Looks ten times a second, or as often as is said, until something holds, for up to three minutes. */
export async function until<T>(
	what: string,
	holds: () => T | Promise<T>,
	everyMs = 100,
): Promise<NonNullable<T>> {
	for (const end = Date.now() + MOST_MS; Date.now() < end; await sleep(everyMs)) {
		const answer = await holds();
		if (answer) return answer;
	}
	throw new Error(`This did not happen: ${what}.`);
}
