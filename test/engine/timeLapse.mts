import { createRequire } from 'node:module';

const workflow = createRequire(import.meta.url)('n8n-workflow');
const { sleep } = workflow;

/** Makes the node's own waits `factor` times shorter in this process. */
export function timeLapse(factor: number) {
	Object.defineProperty(workflow, 'sleep', {
		get: () => async (ms: number, signal?: AbortSignal) => await sleep(ms / factor, signal),
	});
}
