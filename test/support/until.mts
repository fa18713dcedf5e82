import { setTimeout as sleep } from 'node:timers/promises';

/** Looks ten times a second until something holds, for up to three minutes. */
export async function until<T>(what: string, holds: () => T | Promise<T>): Promise<NonNullable<T>> {
	for (let tries = 0; tries < 1800; tries++) {
		const answer = await holds();
		if (answer) return answer;
		await sleep(100);
	}
	throw new Error(`This did not happen: ${what}.`);
}
