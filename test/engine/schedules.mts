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

/** An order is a number; each is a prompt of its own, and the last four have a key: two orders each. */
export const KEYS = [undefined, undefined, undefined, undefined, 'A', 'A', 'B', 'B'];

/** What comes after the first execution, of the same workflow. */
const next = fc.record({
	/** The same items once more, or what failed: the items of the error branch, or n8n's Retry. */
	what: fc.constantFrom('again' as const, 'failed' as const),
	/** In another process, as after a restart or on another worker. */
	elsewhere: fc.boolean(),
	/** Retry starts with the workflow as it was before the failed execution. */
	fromOriginal: fc.boolean(),
});

/** How executions of one workflow go: what is ordered, what fails when, with which settings. */
export const schedule = fc.record({
	operation: fc.constantFrom('create' as const, 'generate' as const, 'generate' as const),
	/** Who calls the node; as a tool, each order is a call of its own. */
	caller: fc.constantFrom(...(['n8n', 'n8n', 'n8n', 'agent', 'tool'] as const)),
	mode: fc.constantFrom(...(['trigger', 'trigger', 'manual'] as const)),
	orders: fc.oneof(
		fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 4 }),
		fc.array(fc.nat(KEYS.length - 1), { minLength: 1, maxLength: 4 }),
	),
	/** Whether the first execution is started twice at once. */
	isTwice: fc.constantFrom(false, false, false, true),
	next: fc.array(next, { maxLength: 3 }),
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
	/** The user stops the first execution when so many requests were sent. */
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
