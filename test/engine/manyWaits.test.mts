import { createRequire } from 'node:module';
import type { JobPlan, LoggedRequest, Simulator } from '../../simulator/index.mts';
import { until } from '../support/until.mts';
import { outcomes } from './checks.mts';
import { play, tally } from './scenario.mts';

const { turnsOf } = createRequire(import.meta.url)('../../dist/nodes/RunComfy/reads/turns.js');

const COUNT = 40;
/** Every fifth fails early, one never ends, the others vary threefold. */
const plans: JobPlan[] = Array.from({ length: COUNT }, (_, index) => ({
	nth: index + 1,
	...(index % 5 === 0
		? { runMs: 300, outcome: 'failed' }
		: { runMs: index === 7 ? 60_000 : 1_000 + ((index * 618) % 2_000) }),
}));
/** A round of all, and what a busy machine takes. */
const LONGEST_GAP_MS = 2 * COUNT * 105 + 1_500;

const statusReads = ({ log }: Pick<Simulator, 'log'>) =>
	log.filter(({ kind }) => kind === 'status');

function leavesNothing({ url }: Pick<Simulator, 'url'>): void {
	const { count, asking } = turnsOf({ baseUrl: url }, '').schedule;
	expect([count, asking.size]).toStrictEqual([0, 0]);
}

function longestGapMs(reads: LoggedRequest[]): number {
	const last = new Map<string | undefined, number>();
	return Math.max(
		...reads.map(({ requestId, atMs }) => {
			const gap = atMs - (last.get(requestId) ?? atMs);
			last.set(requestId, atMs);
			return gap;
		}),
	);
}

describe('many waits of one run', () => {
	for (const operation of ['generate', 'waitForCompletion'] as const) {
		const scenario = {
			operation,
			count: COUNT,
			plans,
			parameters: { waitOptions: { pollInterval: 0.5, timeout: 12 } },
			settings: { onError: 'continueRegularOutput' },
		} as const;

		test.concurrent(
			`${operation}: none is forgotten, and all but the endless one are over soon`,
			async () => {
				const played = await play({
					...scenario,
					faults: [{ on: 'status', skip: 30, status: 429 }],
				});
				const { good, bad } = outcomes(played);
				const messages = bad.map((error) => JSON.stringify(error));
				expect(good.length).toBe(COUNT - 1 - COUNT / 5);
				expect(messages.filter((text) => text.includes('has failed')).length).toBe(COUNT / 5);
				expect(messages.filter((text) => text.includes('was still in_progress'))).toHaveLength(1);
				const reads = statusReads(played.simulator);
				expect(new Set(reads.map(({ requestId }) => requestId)).size).toBe(COUNT);
				expect(longestGapMs(reads)).toBeLessThanOrEqual(LONGEST_GAP_MS);
				leavesNothing(played.simulator);
			},
		);

		test.concurrent(
			`${operation}: a stop in the middle ends them all, and leaves nothing behind`,
			async () => {
				let sent = Infinity;
				const played = await play({
					...scenario,
					meanwhile: async ({ stop, simulator }) => {
						const isMiddle = () => statusReads(simulator).length >= 30;
						await until('half of the waits have looked', isMiddle, { everyMs: 5 });
						stop();
						sent = simulator.log.length;
					},
				});
				const after = tally(played.requests.slice(sent));
				// One may have been on its way.
				expect((after.status ?? 0) + (after.result ?? 0)).toBeLessThanOrEqual(1);
				expect(after.submit).toBeUndefined();
				leavesNothing(played.simulator);
			},
		);
	}
});
