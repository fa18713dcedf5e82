import { createRequire } from 'node:module';
import { mock, type TestContext } from 'node:test';

const require = createRequire(import.meta.url);
const workflow = require('n8n-workflow');
const clockOfTheNode = require('../../dist/nodes/RunComfy/n8n/clock.js');

/**
 * Stops the time for one test: the node's waits take none, but move both of its clocks, which are returned
 * as one.
 */
export function stopClock(t: TestContext): { now: number; waits: number[] } {
	const clock = { now: Date.parse('2026-11-22T10:00:00Z'), waits: [] as number[] };
	const original = Object.getOwnPropertyDescriptor(workflow, 'sleep') as PropertyDescriptor;
	const date = mock.method(Date, 'now', () => clock.now);
	const monotonic = mock.method(clockOfTheNode, 'now', () => clock.now);
	Object.defineProperty(workflow, 'sleep', {
		configurable: true,
		get: () => async (ms: number) => {
			clock.waits.push(ms);
			clock.now += Math.max(0, ms);
		},
	});
	t.after(() => {
		date.mock.restore();
		monotonic.mock.restore();
		Object.defineProperty(workflow, 'sleep', original);
	});
	return clock;
}
