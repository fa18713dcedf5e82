import type { Fault, JobPlan } from '../../simulator/index.mts';
import { endsInError, outcomes, tellsEverythingBought } from './checks.mts';
import { ON_ERROR, play, RETRY, tally } from './scenario.mts';

interface Case {
	plans: JobPlan[];
	faults?: Fault[];
	says: RegExp;
	status: string;
}

const CASES: Record<string, Case> = {
	'still running at the deadline': {
		plans: [{ runMs: 60_000 }],
		says: /was still in_progress after 3 s/,
		status: 'in_progress',
	},
	'still queued at the deadline': {
		plans: [{ queueMs: 60_000 }],
		says: /was still in_queue after 3 s/,
		status: 'in_queue',
	},
	'out of reach until the deadline': {
		plans: [{ runMs: 60_000 }],
		faults: [{ on: 'status', skip: 1, times: -1, status: 503 }],
		says: /could not be reached before the time was up; the last known state is in_progress/,
		status: 'in_progress',
	},
	'told to wait for an hour': {
		plans: [{ runMs: 60_000 }],
		faults: [{ on: 'status', skip: 1, status: 429, headers: { 'retry-after': '3600' } }],
		says: /could not be reached before the time was up; the last known state is in_progress/,
		status: 'in_progress',
	},
	'silent until the deadline': {
		plans: [{ runMs: 60_000 }],
		faults: [{ on: 'status', skip: 1, hang: true }],
		says: /could not be reached before the time was up; the last known state is in_progress/,
		status: 'in_progress',
	},
};

describe('a wait that ends by its deadline', () => {
	for (const [name, { plans, faults, says, status }] of Object.entries(CASES))
		for (const operation of ['generate', 'waitForCompletion'] as const)
			test.concurrent.each(ON_ERROR)(
				`${operation}, %s: ${name} is an error that keeps the ID`,
				async (onError) => {
					const parameters = { waitOptions: { pollInterval: 0.2, timeout: 3 } };
					const scenario = { operation, plans, faults, parameters };
					await endsInError(scenario, onError, { says, status });
				},
			);
});

test('a completed request without a video at the deadline is told as such', async () => {
	const { error } = await play({
		operation: 'generate',
		plans: [{ output: 'none' }],
		parameters: { waitOptions: { pollInterval: 30, timeout: 1 } },
	});
	expect(`${error?.message}`).toMatch(/is completed, but RunComfy returned no video for it/);
});

test('a Retry-After that one item is given holds no other past its own deadline', async () => {
	const plans: JobPlan[] = [{ times: -1, runMs: 60_000 }];
	const faults: Fault[] = [
		{ on: 'status', nth: 1, times: -1, status: 429, headers: { 'retry-after': '3600' } },
	];
	const parameters = { waitOptions: { pollInterval: 0.2, timeout: 3 } };
	const settings = { onError: 'continueRegularOutput', ...RETRY } as const;
	const scenario = { count: 3, plans, faults, parameters, settings };
	const played = await play({ operation: 'generate', ...scenario });
	expect(outcomes(played).bad).toHaveLength(3);
	expect(tally(played.requests).submit).toBe(3);
	tellsEverythingBought(played);
});
