import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Failure } from '../../dist/nodes/RunComfy/api/failure.js';
import { read } from '../../dist/nodes/RunComfy/api/read.js';
import { turnsOf } from '../../dist/nodes/RunComfy/api/turns.js';
import { Siblings, Wait } from '../../dist/nodes/RunComfy/api/wait.js';
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
async function readFrom(
	t: TestContext,
	replies: Reply[],
	{ isWait, heldUntil, date, ...more }: Settings = {},
) {
	const clock = stopClock(t);
	if (date) t.mock.method(Date, 'now', date);
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
		test(`survives ${name}, after ${waitedMs / 1000} s`, async (t) => {
			const { outcome, sent, tookMs } = await readFrom(t, replies);
			assert.deepEqual('json' in outcome && outcome.json, { status: 'in_progress' });
			assert.deepEqual([sent.length, tookMs], [replies.length, waitedMs]);
		});

	test('gives up a try after 30 s, never follows a redirect and takes every status', async (t) => {
		const { sent } = await readFrom(t, [OK]);
		const { timeout, disableFollowRedirect, ignoreHttpStatusErrors, abortSignal } = sent[0];
		assert.deepEqual(
			[timeout, disableFollowRedirect, ignoreHttpStatusErrors],
			[30_000, true, true],
		);
		assert.ok(abortSignal, 'an answer that trickles in has an end');
	});

	const lasting: Array<[string, Reply]> = [
		['resets', error('ECONNRESET')],
		['faults', { statusCode: 503, body: '{"message":"busy"}' }],
		['an hour to wait', { statusCode: 429, headers: { 'retry-after': '3600' } }],
		['a year to wait', { statusCode: 429, headers: { 'retry-after': '31536000' } }],
	];
	for (const [name, reply] of lasting)
		for (const isWait of [true, false])
			test(`ends by its deadline with ${name}, ${isWait ? 'as a look of a wait' : 'alone'}`, async (t) => {
				const { outcome, tookMs, asking } = await readFrom(t, [reply], { isWait });
				assert.equal(asking, 0);
				assert.ok(outcome instanceof Error);
				assert.match(outcome.message, /before the time was up; the last known state is in_queue/);
				assert.deepEqual([outcome.details.submitted, outcome.details.requestId], ['yes', 'id-1']);
				assert.ok(tookMs <= LIMIT_MS + 2000, `${tookMs} ms`);
			});

	for (const isWait of [true, false])
		test(`is held back by the Retry-After of another, but not past its deadline: ${isWait ? 'a look of a wait' : 'any other'}`, async (t) => {
			const heldUntil = Date.parse('2026-11-22T12:00:00Z');
			const { outcome, sent, tookMs, asking } = await readFrom(t, [OK], { isWait, heldUntil });
			assert.ok(outcome instanceof Error);
			assert.match(outcome.message, /The time was up before RunComfy could be asked again/);
			assert.deepEqual([sent.length, asking], [0, 0]);
			assert.ok(tookMs <= LIMIT_MS + 2000);
		});

	const clocks: Array<[string, () => number]> = [
		['back', () => Date.parse('2026-11-22T09:00:00Z')],
		['forward', () => Date.parse('2026-11-22T11:00:00Z')],
	];
	for (const [direction, date] of clocks)
		for (const isWait of [true, false])
			test(`does not mind the system's clock being set ${direction}, ${isWait ? 'as a look of a wait' : 'alone'}`, async (t) => {
				const replies = [error('ECONNRESET'), error('ECONNRESET'), OK];
				const { sent, tookMs } = await readFrom(t, replies, { isWait, date });
				assert.deepEqual([sent.length, tookMs], [3, 3000]);
			});

	test('takes the fifth foreign 4xx in a row for an answer', async (t) => {
		const known = { submitted: 'yes' } as const;
		const { outcome, sent } = await readFrom(t, [{ statusCode: 403, body: '<html>' }], { known });
		assert.ok(outcome instanceof Error);
		assert.equal(sent.length, 5);
	});

	for (const code of ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])
		test(`ends after five tries with ${code}, whatever was seen before`, async (t) => {
			const { outcome, sent, tookMs } = await readFrom(t, [error(code)]);
			assert.ok(outcome instanceof Error);
			assert.match(outcome.message, /does not trust the certificate.*last known state is in_queue/);
			assert.match(String(outcome.details.hint), /NODE_EXTRA_CA_CERTS.*Nothing is lost/);
			assert.deepEqual([sent.length, tookMs], [5, 15_000]);
		});

	test('survives a certificate that is put right', async (t) => {
		const bad = error('CERT_HAS_EXPIRED');
		const { outcome, sent } = await readFrom(t, [bad, bad, error('ECONNRESET'), bad, bad, bad, OK]);
		assert.ok('json' in outcome);
		assert.equal(sent.length, 7);
	});

	test('takes "not ready" for an answer of a request', async (t) => {
		const notReady = { statusCode: 400, body: '{"error_code":400005}' };
		const { outcome, sent } = await readFrom(t, [notReady]);
		assert.deepEqual('json' in outcome && outcome.json, { error_code: 400005 });
		assert.equal(sent.length, 1);
	});

	test('goes on past pages in the way of a request that was seen, up to its deadline', async (t) => {
		const { outcome, tookMs } = await readFrom(t, [{ statusCode: 403, body: '<html>' }]);
		assert.ok(outcome instanceof Error);
		assert.match(outcome.message, /could not be reached before the time was up/);
		assert.ok(tookMs >= LIMIT_MS);
	});

	test('is not sent once the execution was stopped', async (t) => {
		const { outcome, sent } = await readFrom(t, [OK], { signal: AbortSignal.abort() });
		assert.ok(outcome instanceof Error);
		assert.equal(outcome.message, 'The execution was stopped');
		assert.equal(sent.length, 0);
	});
});
