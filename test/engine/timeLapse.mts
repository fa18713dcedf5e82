import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const workflow = require('n8n-workflow');
const clock = require('../../dist/nodes/RunComfy/n8n/clock.js');
const { sleep } = workflow;
const { now } = clock;

/** Makes the node's own waits `factor` times shorter in this process, and its clock as much faster. */
export function timeLapse(factor: number) {
	clock.now = () => now() * factor;
	Object.defineProperty(workflow, 'sleep', {
		get: () => async (ms: number, signal?: AbortSignal) => await sleep(ms / factor, signal),
	});
}
