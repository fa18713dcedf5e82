import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const workflow = require('n8n-workflow');
const clockOfTheNode = require('../../dist/nodes/RunComfy/n8n/clock.js');

/**
 * Stops the time for one test: the node's waits take none, but move both of its clocks, which are returned
 * as one.
 */
export function stopClock(): { now: number; waits: number[] } {
	const clock = { now: Date.parse('2026-11-22T10:00:00Z'), waits: [] as number[] };
	jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
	jest.spyOn(clockOfTheNode, 'now').mockImplementation(() => clock.now);
	const sleep = async (ms: number) => {
		clock.waits.push(ms);
		clock.now += Math.max(0, ms);
	};
	jest.spyOn(workflow, 'sleep', 'get').mockReturnValue(sleep);
	return clock;
}
