import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import type { JobPlan, LoggedRequest, Simulator } from '../../simulator/index.mts';
import { until } from '../support/until.mts';
import { outcomes } from './checks.mts';
import { play, tally } from './scenario.mts';

const { turnsOf } = createRequire(import.meta.url)('../../dist/nodes/RunComfy/api/turns.js');

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
	assert.deepEqual([count, asking.size], [0, 0]);
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

describe('many waits of one run', { concurrency: 2 }, () => {
	for (const operation of ['generate', 'waitForCompletion'] as const) {
		const scenario = {
			operation,
			count: COUNT,
			plans,
			parameters: { waitOptions: { pollInterval: 0.5, timeout: 12 } },
			settings: { onError: 'continueRegularOutput' },
		} as const;

		test(`${operation}: none is forgotten, and all but the endless one are over soon`, async () => {
			const played = await play({ ...scenario, faults: [{ on: 'status', skip: 30, status: 429 }] });
			const { good, bad } = outcomes(played);
			const messages = bad.map((error) => JSON.stringify(error));
			assert.equal(good.length, COUNT - 1 - COUNT / 5);
			assert.equal(messages.filter((text) => text.includes('has failed')).length, COUNT / 5);
			assert.equal(messages.filter((text) => text.includes('was still in_progress')).length, 1);
			const reads = statusReads(played.simulator);
			assert.equal(new Set(reads.map(({ requestId }) => requestId)).size, COUNT);
			assert.ok(longestGapMs(reads) <= LONGEST_GAP_MS, `${longestGapMs(reads)} ms`);
			leavesNothing(played.simulator);
		});

		test(`${operation}: a stop in the middle ends them all, and leaves nothing behind`, async () => {
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
			assert.ok((after.status ?? 0) + (after.result ?? 0) <= 1);
			assert.equal(after.submit, undefined);
			leavesNothing(played.simulator);
		});
	}
});
