import { createRequire } from 'node:module';

const workflow = createRequire(import.meta.url)('n8n-workflow');
const { sleep } = workflow;

/** Lets the clocks of this process run `factor` times faster, and the node's own waits with them. */
export function fastForward(factor: number) {
	for (const clock of [Date, performance]) {
		const began = clock.now();
		const read = clock.now.bind(clock);
		clock.now = () => Math.round(began + (read() - began) * factor);
	}
	timeLapse(factor);
}

/** Makes the node's own waits `factor` times shorter in this process. */
export function timeLapse(factor: number) {
	Object.defineProperty(workflow, 'sleep', {
		get: () => async (ms: number, signal?: AbortSignal) => await sleep(ms / factor, signal),
	});
}
