// When a request is looked at: turns, schedule, wait and pace.
//
// A look is one status read. All waits of this process at one base URL share one budget of looks, whichever
// execution they belong to. So a wait does not read when it likes; it asks for its turn:
//
//   read        "I want to look at my request"        pauses until it is woken, then sends
//     │ take(wait)                          ▲ wakes
//     ▼                                     │
//   Turns       holds the waits that ask, and the only timer: until the time that the schedule names
//     │ next(now)                           ▲ a wait, or when to ask again
//     ▼                                     │
//   Schedule    chooses: 0 urgent, 1 due, 2 round; in a rank, who has been waiting longest
//     │                        │
//     ▼                        ▼
//   Wait        what one       Pace         how soon the next look may be sent: `freeAt` for a
//     │         wait wants                  good reason, `roundAt` for none
//     ▼
//   Siblings    how long finished requests of its kind took, and how well that predicts
//
// - Urgent: it has gone without a look for close to twice its interval, or its deadline has come.
// - Due: by what its siblings took, it should be done now. Such guesses use the full pace while they come true;
//   `credit` counts hits against misses, and without credit a guess waits like any other look.
// - Round: its interval is over, and it is older than the fastest of its siblings was. Nothing else speaks for it,
//   so these stay under 10 a second.
//
// What comes back teaches: the wait hears which state was seen (`saw`, `completed`), its siblings how long it
// took, the pace whether RunComfy answered or refused (429, Retry-After). A wait whose deadline has passed is
// woken without a look, so that it can give up. Only times of n8n/clock are compared, and nothing here sends.

import type { Api } from '../api/client';
import { isDryRunPath } from '../api/dryRun';
import { now } from '../n8n/clock';
import { pause } from '../n8n/pause';
import { Schedule } from './schedule';
import { Siblings, type Wait } from './wait';

/** Base URLs, and kinds of requests at each, that a process remembers; the oldest are forgotten first. */
const MAX_REMEMBERED = 100;

/** Wakes the waits of this process at one base URL, each when the schedule says that it is its turn. */
export class Turns {
	readonly schedule = new Schedule();
	private readonly kinds = new Map<string, Siblings>();
	private readonly wakers = new Map<Wait, () => void>();
	private isRunning = false;
	private alarm = new AbortController();

	/** What is known of requests of this kind. */
	siblingsOf(kind: string): Siblings {
		return remembered(this.kinds, kind, () => new Siblings());
	}

	/** Runs `work` as one of the waits that share the pace. */
	async share<T>(work: () => Promise<T>): Promise<T> {
		this.schedule.count++;
		try {
			return await work();
		} finally {
			this.schedule.count--;
		}
	}

	/** Resolves when it is the turn of `wait`, when that would come too late, or when `signal` fires. */
	async take(wait: Wait, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			const wake = () => {
				signal?.removeEventListener('abort', stop);
				this.wakers.delete(wait);
				resolve();
			};
			const stop = () => {
				this.schedule.asking.delete(wait);
				wake();
				this.alarm.abort();
			};
			signal?.addEventListener('abort', stop, { once: true });
			this.wakers.set(wait, wake);
			this.schedule.asking.add(wait);
			this.alarm.abort();
			if (!this.isRunning) void this.run();
		});
	}

	/** Goes on while anyone asks, and holds no timer when nobody does. */
	private async run(): Promise<void> {
		this.isRunning = true;
		while (this.wakers.size) {
			const time = now();
			const next = this.schedule.next(time);
			if (typeof next !== 'number') this.wakers.get(next)?.();
			else {
				this.alarm = new AbortController();
				await pause(Math.ceil(next - time), this.alarm.signal);
			}
		}
		this.isRunning = false;
	}
}

const byBaseUrl = new Map<string, Turns>();

/** The turns that all executions of this process share; those of a dry run ask nothing of RunComfy. */
export function turnsOf({ baseUrl }: Pick<Api, 'baseUrl'>, path: string): Turns {
	return remembered(byBaseUrl, isDryRunPath(path) ? '' : baseUrl, () => new Turns());
}

function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
	let value = map.get(key);
	if (!value) {
		map.set(key, (value = make()));
		const [oldest] = map.keys();
		if (map.size > MAX_REMEMBERED) map.delete(oldest);
	}
	return value;
}
