import type { JobPlan } from '../../simulator/index.mts';
import { buy } from '../support/buy.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode, type RunOptions } from './harness.mts';
import { ORDER_PARAMETERS } from './scenario.mts';

const LONG: JobPlan = { runMs: 60_000, times: -1 };

/** Runs Generate with a timeout of 4 s, and tells the seconds that it took. */
async function run(executionTimeout: number | undefined, more: Partial<RunOptions> = {}) {
	const began = Date.now();
	const outcome = await runNode({
		simulator,
		parameters: {
			operation: 'generate',
			...ORDER_PARAMETERS,
			waitOptions: { pollInterval: 0.2, timeout: 4 },
		},
		settings: { onError: 'continueErrorOutput' },
		workflowSettings: { executionTimeout },
		...more,
	});
	const error = outcome.errorItems[0]?.json.error as { message: string; request_id: string };
	return { ...outcome, failure: error, seconds: (Date.now() - began) / 1000 };
}

describe("a wait ends before n8n's execution timeout", () => {
	withSimulator();

	test('by some seconds, and the error branch gets the ID', async () => {
		simulator.planJobs(LONG);
		const { failure, seconds } = await run(7);
		expect(simulator.jobs.has(failure.request_id)).toBe(true);
		expect(failure.message).toMatch(/still in_progress after [12](\.\d+)? s/);
		expect(failure.message).toMatch(/raise the workflow's timeout/);
		expect(seconds).toBeLessThan(3.5);
	});

	test.each([3, 0.5])('%s s: never before the first look', async (limit) => {
		const id = await buy(simulator);
		const { items } = await run(limit, {
			parameters: { operation: 'waitForCompletion', requestId: id },
		});
		expect(items[0].json.request_id).toBe(id);
	});

	for (const none of [undefined, -1, 0])
		test(`${none}: no limit, so the wait's own timeout counts`, async () => {
			simulator.planJobs(LONG);
			const { failure } = await run(none);
			expect(failure.message).toMatch(/after 4 s/);
			expect(failure.message).toMatch(/'Timeout \(Seconds\)'/);
		});

	test('the shorter one counts', async () => {
		simulator.planJobs(LONG);
		const { failure } = await run(20);
		expect(failure.message).toMatch(/after 4 s/);
	});
});
