import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const workflow = require('n8n-workflow');
const clock = require('../../dist/nodes/RunComfy/n8n/clock.js');
const { sleep } = workflow;

/** Makes the node's clock run `factor` times faster in this process, and its waits as much shorter. */
export function timeLapse(factor: number) {
	Object.defineProperty(workflow, 'sleep', {
		get: () => async (ms: number, signal?: AbortSignal) => await sleep(ms / factor, signal),
	});
	clock.now = () => performance.now() * factor;
}
