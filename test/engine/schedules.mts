import fc from 'fast-check';
import { FILE_FAULTS, isUnclear, READ_FAULTS, SUBMIT_FAULTS } from '../fixtures/faults.mts';
import type { Effect, Fault } from '../../simulator/index.mts';
import { ON_ERROR } from './scenario.mts';

const faultOf = (on: Fault['on'], effects: Effect[]) =>
	fc
		.record({
			effect: fc.constantFrom(...effects),
			skip: fc.nat(3),
			times: fc.constantFrom(1, 1, 2, -1),
			after: fc.boolean(),
		})
		.map(({ effect, skip, times, after }): Fault => {
			// To be limited for good takes ten minutes for each pass.
			const isLimit = on === 'submit' && effect.status === 429;
			return {
				on,
				...effect,
				skip,
				times: isLimit && times < 0 ? 6 : times,
				...(on === 'submit' && isUnclear(effect) && { after }),
			};
		});

const plan = fc.record({
	outcome: fc.constantFrom(
		'completed',
		'completed',
		'succeeded',
		'failed',
		'cancelled',
		'archived',
	),
	output: fc.constantFrom('video' as const, 'video' as const, 'videos' as const, 'none' as const),
	queueMs: fc.nat(80),
	runMs: fc.nat(80),
	notCancellable: fc.boolean(),
});

/** How one run of the node goes: what fails when, for how many items, with which settings. */
export const schedule = fc.record({
	operation: fc.constantFrom('create' as const, 'generate' as const, 'generate' as const),
	count: fc.integer({ min: 1, max: 4 }),
	onError: fc.constantFrom(...ON_ERROR),
	maxTries: fc.constantFrom(0, 2, 3, 5),
	batchSize: fc.constantFrom(0, 0, 1, 2),
	maxConcurrent: fc.constantFrom(undefined, undefined, 1, 2, 3),
	/** RunComfy's own limits. */
	limits: fc.record({
		maxRunning: fc.constantFrom(undefined, undefined, 1, 2),
		maxPerSecond: fc.constantFrom(undefined, undefined, 2),
		retryAfter: fc.constantFrom(undefined, 1, 20),
	}),
	/** The user stops when so many requests were sent. */
	stopAt: fc.option(fc.integer({ min: 0, max: 14 }), { freq: 3, nil: undefined }),
	plans: fc.array(plan, { maxLength: 4 }),
	faults: fc.array(
		fc.oneof(
			faultOf('submit', SUBMIT_FAULTS),
			faultOf('submit', SUBMIT_FAULTS),
			faultOf('status', READ_FAULTS),
			faultOf('result', READ_FAULTS),
			faultOf('file', FILE_FAULTS),
			faultOf('cancel', [{ status: 500 }, { reset: true }, { error: 404001 }]),
		),
		{ maxLength: 5 },
	),
});

export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;
