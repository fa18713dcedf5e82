import fc from 'fast-check';
import {
	FILE_FAULTS,
	isUnclear,
	READ_FAULTS,
	SUBMIT_FAULTS,
	type Fault,
} from '../fixtures/faults.mts';
import type { Order } from '../simulator/index.mts';
import { ON_ERROR } from './scenario.mts';

const order = (on: Order['on'], faults: Fault[]) =>
	fc
		.record({
			fault: fc.constantFrom(...faults),
			skip: fc.nat(3),
			times: fc.constantFrom(1, 1, 2, -1),
			after: fc.boolean(),
		})
		.map(({ fault, skip, times, after }): Order => {
			return { on, ...fault, skip, times, ...(on === 'submit' && isUnclear(fault) && { after }) };
		});

const job = fc.record({
	on: fc.constant('job' as const),
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
	/** The user stops when so many requests were sent. */
	stopAt: fc.option(fc.integer({ min: 0, max: 14 }), { freq: 3, nil: undefined }),
	jobs: fc.array(job, { maxLength: 4 }),
	orders: fc.array(
		fc.oneof(
			order('submit', SUBMIT_FAULTS),
			order('submit', SUBMIT_FAULTS),
			order('status', READ_FAULTS),
			order('result', READ_FAULTS),
			order('file', FILE_FAULTS),
			order('cancel', [{ status: 500 }, { reset: true }, { error: 404001 }]),
		),
		{ maxLength: 5 },
	),
});

export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;
