import fc from 'fast-check';
import type { Order } from '../simulator/index.mts';
import { ON_ERROR } from './scenario.mts';

/** HTTP statuses by which the request log tells what became of a submit. */
export const ANSWERED = {
	refusedIn2xx: 203,
	cutIn2xx: 201,
	idlessIn2xx: 202,
	htmlIn2xx: 206,
};

const SUBMIT_FAULTS: Array<Omit<Order, 'on'>> = [
	{ error: 400002 },
	{ error: 400002, status: ANSWERED.refusedIn2xx },
	{ error: 400004, status: 401 },
	{ status: 429, headers: { 'retry-after': '1' } },
	{ status: 422, body: { detail: 'no' } },
	{ status: 408 },
	{ reset: true },
	{ status: 500 },
	{ html: true },
	{ html: true, status: ANSWERED.htmlIn2xx },
	{ status: ANSWERED.cutIn2xx, truncate: true },
	{ status: ANSWERED.idlessIn2xx, merge: { request_id: null } },
	{ status: 307, headers: { location: '/v1/models/x' } },
	{ hang: true },
	{ delayMs: 40 },
];
const READ_FAULTS: Array<Omit<Order, 'on'>> = [
	{ status: 429 },
	{ status: 429, headers: { 'retry-after': '2' } },
	{ status: 503 },
	{ reset: true },
	{ html: true, status: 200 },
	{ html: true, status: 403 },
	{ truncate: true },
	{ error: 404001 },
	{ error: 400004, status: 401 },
	{ error: 403001, status: 200 },
	{ merge: { status: null } },
	{ merge: { status: 'reviewing' } },
	{ delayMs: 30 },
];
const FILE_FAULTS: Array<Omit<Order, 'on'>> = [
	{ breakAt: 500 },
	{ empty: true },
	{ announce: 99_000 },
	{ status: 404 },
	{ status: 410 },
	{ status: 500 },
	{ redirect: '?again' },
	{ redirect: 'https://example.com/a.mp4' },
	{ contentType: 'text/html' },
	{ delayMs: 30 },
];

/** Only then may a job have been bought although the client hears of a fault. */
const isUnclear = ({ reset, hang, html, status = 200 }: Omit<Order, 'on'>) =>
	reset || hang || html || status >= 500 || status === 408 || status === 307;

const order = (on: Order['on'], faults: Array<Omit<Order, 'on'>>) =>
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
