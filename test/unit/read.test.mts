import { Failure } from '../../dist/nodes/RunComfy/api/failure.js';
import { read } from '../../dist/nodes/RunComfy/reads/read.js';
import { turnsOf } from '../../dist/nodes/RunComfy/reads/turns.js';
import { Siblings, Wait } from '../../dist/nodes/RunComfy/reads/wait.js';
import { clean } from '../../dist/nodes/RunComfy/text/clean.js';
import { stopClock } from './clock.mts';

type Reply = { statusCode: number; headers?: Record<string, string>; body?: string } | Error;
interface Sent {
	timeout: number;
	disableFollowRedirect: boolean;
	ignoreHttpStatusErrors: boolean;
	abortSignal?: AbortSignal;
}

const OK = { statusCode: 200, body: '{"status":"in_progress"}' };
const LIMIT_MS = 600_000;

interface Settings {
	/** Whether it is a look of a wait, which takes its turn. */
	isWait?: boolean;
	/** What another read was asked to wait for. */
	heldUntil?: number;
	/** The system's clock. */
	date?: () => number;
	signal?: AbortSignal;
	known?: { submitted: 'yes' };
}

let services = 0;

/** Reads with a network that gives these replies in turn, the last one for ever. */
async function readFrom(replies: Reply[], { isWait, heldUntil, date, ...more }: Settings = {}) {
	const clock = stopClock();
	if (date) jest.spyOn(Date, 'now').mockImplementation(date);
	const sent: Sent[] = [];
	const context = {
		getExecutionCancelSignal: () => undefined,
		helpers: {
			httpRequestWithAuthentication: async (_type: string, options: Sent) => {
				sent.push(options);
				const reply = replies[Math.min(sent.length, replies.length) - 1];
				if (reply instanceof Error) throw reply;
				return { headers: {}, ...reply };
			},
		},
	};
	const baseUrl = `https://model-api-${++services}.runcomfy.net`;
	const api = { context, baseUrl, settings: {}, clean };
	if (heldUntil) turnsOf(api, '').schedule.pace.holdUntil(heldUntil);
	const start = clock.now;
	const deadline = start + LIMIT_MS;
	const options = {
		subject: 'request' as const,
		deadline,
		wait: isWait ? new Wait(new Siblings(), start, deadline, 2000) : undefined,
		known: { submitted: 'yes' as const, requestId: 'id-1', status: 'in_queue' },
		...more,
	};
	const outcome = await read(api as never, '/v1/requests/id-1/status', options).catch(
		(error: Failure) => error,
	);
	const { asking } = turnsOf(api, '').schedule;
	return { outcome, sent, tookMs: clock.now - start, asking: asking.size };
}

function failureOf(outcome: unknown): Failure {
	expect(outcome).toBeInstanceOf(Failure);
	return outcome as Failure;
}

const error = (code: string) => Object.assign(new Error(`socket: ${code}`), { code });

describe('a read', () => {
	const transient: Array<[string, Reply[], number]> = [
		['a reset', [error('ECONNRESET'), OK], 1000],
		['silence', [error('ECONNABORTED'), OK], 1000],
		['three faults of the server', [...Array(3).fill({ statusCode: 500, body: '{}' }), OK], 7000],
		['HTML', [{ statusCode: 200, body: '<html>' }, OK], 1000],
		['429', [{ statusCode: 429, body: '{}' }, OK], 1000],
		['429 with seconds', [{ statusCode: 429, headers: { 'retry-after': '45' } }, OK], 45_000],
		[
			'503 with a date',
			[{ statusCode: 503, headers: { 'retry-after': 'Sun, 22 Nov 2026 10:02:00 GMT' } }, OK],
			120_000,
		],
	];
	for (const [name, replies, waitedMs] of transient)
		test(`survives ${name}, after ${waitedMs / 1000} s`, async () => {
			const { outcome, sent, tookMs } = await readFrom(replies);
			expect('json' in outcome && outcome.json).toStrictEqual({ status: 'in_progress' });
			expect([sent.length, tookMs]).toStrictEqual([replies.length, waitedMs]);
		});

	test('gives up a try after 30 s, never follows a redirect and takes every status', async () => {
		const { sent } = await readFrom([OK]);
		const { timeout, disableFollowRedirect, ignoreHttpStatusErrors, abortSignal } = sent[0];
		expect([timeout, disableFollowRedirect, ignoreHttpStatusErrors]).toStrictEqual([
			30_000,
			true,
			true,
		]);
		// An answer that trickles in has an end.
		expect(abortSignal).toBeTruthy();
	});

	const lasting: Array<[string, Reply]> = [
		['resets', error('ECONNRESET')],
		['faults', { statusCode: 503, body: '{"message":"busy"}' }],
		['an hour to wait', { statusCode: 429, headers: { 'retry-after': '3600' } }],
		['a year to wait', { statusCode: 429, headers: { 'retry-after': '31536000' } }],
	];
	for (const [name, reply] of lasting)
		for (const isWait of [true, false])
			test(`ends by its deadline with ${name}, ${isWait ? 'as a look of a wait' : 'alone'}`, async () => {
				const { outcome, tookMs, asking } = await readFrom([reply], { isWait });
				expect(asking).toBe(0);
				const failure = failureOf(outcome);
				expect(failure.message).toMatch(/before the time was up; the last known state is in_queue/);
				expect([failure.details.submitted, failure.details.requestId]).toStrictEqual([
					'yes',
					'id-1',
				]);
				expect(tookMs).toBeLessThanOrEqual(LIMIT_MS + 2000);
			});

	for (const isWait of [true, false])
		test(`is held back by the Retry-After of another, but not past its deadline: ${isWait ? 'a look of a wait' : 'any other'}`, async () => {
			const heldUntil = Date.parse('2026-11-22T12:00:00Z');
			const { outcome, sent, tookMs, asking } = await readFrom([OK], { isWait, heldUntil });
			const failure = failureOf(outcome);
			expect(failure.message).toMatch(/The time was up before RunComfy could be asked again/);
			expect([sent.length, asking]).toStrictEqual([0, 0]);
			expect(tookMs).toBeLessThanOrEqual(LIMIT_MS + 2000);
		});

	const clocks: Array<[string, () => number]> = [
		['back', () => Date.parse('2026-11-22T09:00:00Z')],
		['forward', () => Date.parse('2026-11-22T11:00:00Z')],
	];
	for (const [direction, date] of clocks)
		for (const isWait of [true, false])
			test(`does not mind the system's clock being set ${direction}, ${isWait ? 'as a look of a wait' : 'alone'}`, async () => {
				const replies = [error('ECONNRESET'), error('ECONNRESET'), OK];
				const { sent, tookMs } = await readFrom(replies, { isWait, date });
				expect([sent.length, tookMs]).toStrictEqual([3, 3000]);
			});

	test('takes the fifth foreign 4xx in a row for an answer', async () => {
		const known = { submitted: 'yes' } as const;
		const { outcome, sent } = await readFrom([{ statusCode: 403, body: '<html>' }], { known });
		failureOf(outcome);
		expect(sent).toHaveLength(5);
	});

	test.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
		'ends after five tries with %s, whatever was seen before',
		async (code) => {
			const { outcome, sent, tookMs } = await readFrom([error(code)]);
			const failure = failureOf(outcome);
			expect(failure.message).toMatch(
				/does not trust the certificate.*last known state is in_queue/,
			);
			expect(String(failure.details.hint)).toMatch(/NODE_EXTRA_CA_CERTS.*Nothing is lost/);
			expect([sent.length, tookMs]).toStrictEqual([5, 15_000]);
		},
	);

	test('survives a certificate that is put right', async () => {
		const bad = error('CERT_HAS_EXPIRED');
		const { outcome, sent } = await readFrom([bad, bad, error('ECONNRESET'), bad, bad, bad, OK]);
		expect(outcome).toHaveProperty('json');
		expect(sent).toHaveLength(7);
	});

	test('takes "not ready" for an answer of a request', async () => {
		const notReady = { statusCode: 400, body: '{"error_code":400005}' };
		const { outcome, sent } = await readFrom([notReady]);
		expect('json' in outcome && outcome.json).toStrictEqual({ error_code: 400005 });
		expect(sent).toHaveLength(1);
	});

	test('goes on past pages in the way of a request that was seen, up to its deadline', async () => {
		const { outcome, tookMs } = await readFrom([{ statusCode: 403, body: '<html>' }]);
		const failure = failureOf(outcome);
		expect(failure.message).toMatch(/could not be reached before the time was up/);
		expect(tookMs).toBeGreaterThanOrEqual(LIMIT_MS);
	});

	test('is not sent once the execution was stopped', async () => {
		const { outcome, sent } = await readFrom([OK], { signal: AbortSignal.abort() });
		const failure = failureOf(outcome);
		expect(failure.message).toBe('The execution was stopped');
		expect(sent).toHaveLength(0);
	});
});
