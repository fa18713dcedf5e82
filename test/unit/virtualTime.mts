import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';

const workflow = createRequire(import.meta.url)('n8n-workflow');

interface Sleeper {
	until: number;
	wake(): void;
}

/**
 * Replaces the time of one test: the node's clock stands still while anything is done, and moves on to the
 * next moment that the node waits for. `until` ends when something holds.
 */
export function virtualTime() {
	const time = { now: 0 };
	const sleepers = new Set<Sleeper>();
	jest.spyOn(performance, 'now').mockImplementation(() => time.now);
	const sleep = async (ms: number, signal?: AbortSignal) =>
		await new Promise<void>((resolve) => {
			const wake = () => {
				sleepers.delete(sleeper);
				resolve();
			};
			const sleeper = { until: time.now + Math.max(0, ms), wake };
			sleepers.add(sleeper);
			signal?.addEventListener('abort', wake);
		});
	jest.spyOn(workflow, 'sleep', 'get').mockReturnValue(sleep);
	const until = async (holds: () => boolean) => {
		for (;;) {
			await setImmediate();
			if (holds()) return;
			const [next] = [...sleepers].sort((one, other) => one.until - other.until);
			if (!next) throw new Error('Nothing is waited for any more.');
			time.now = Math.max(time.now, next.until);
			next.wake();
		}
	};
	return { time, sleep, sleepers, until };
}

export type VirtualTime = ReturnType<typeof virtualTime>;
