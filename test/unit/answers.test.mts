import {
	partsOf,
	purchaseOf,
	retryAfterMs,
	verdictOf,
} from '../../dist/nodes/RunComfy/api/answers.js';
import { isRequestId } from '../../dist/nodes/RunComfy/api/ids.js';

type Json = Record<string, unknown>;
const answer = (httpStatus: number, json?: Json) => ({
	httpStatus,
	headers: {},
	json: json as never,
	...partsOf(json as never, String),
});

describe('what an answer to a read means', () => {
	const cases: Array<[string, number, Json | undefined, string]> = [
		['a normal answer', 200, { status: 'completed' }, 'ok'],
		['another 2xx', 202, {}, 'ok'],
		['a 200 without JSON', 200, undefined, 'transient'],
		['a redirect', 302, {}, 'transient'],
		['a documented code in a 200', 200, { error_code: 404001 }, 'refused'],
		['a documented code as text', 200, { error_code: '404001' }, 'refused'],
		['a documented code in a 503', 503, { error_code: 404001 }, 'refused'],
		['an unknown code of a 4xx kind', 200, { error_code: 400999 }, 'refused'],
		['an unknown code of a 5xx kind', 200, { error_code: 500001 }, 'transient'],
		['an unknown code of a 429 kind', 400, { error_code: 429001 }, 'transient'],
		['"not ready"', 400, { error_code: 400005 }, 'notYet'],
		['"not ready" as text', 400, { error_code: '400005' }, 'notYet'],
		['"not ready" in a 200', 200, { error_code: 400005 }, 'notYet'],
		['"not ready" in a 503', 503, { error_code: 400005 }, 'notYet'],
		['code 0 in a 200', 200, { error_code: 0, status: 'in_queue' }, 'ok'],
		['code null in a 200', 200, { error_code: null, status: 'in_queue' }, 'ok'],
		...[400, 401, 402, 403, 404, 410, 413, 422].flatMap((status): typeof cases => [
			[`${status} with a code`, status, { error_code: 400999 }, 'refused'],
			[
				`${status} without a code`,
				status,
				{},
				[404, 410].includes(status) ? 'refused' : 'transient',
			],
			[`${status} without JSON`, status, undefined, 'transient'],
		]),
		...[408, 425, 429, 500, 502, 503, 504, 520].map((status): (typeof cases)[0] => [
			`${status}`,
			status,
			{ message: 'no' },
			'transient',
		]),
	];
	for (const [name, status, json, verdict] of cases)
		test(`${name} is ${verdict}`, () => expect(verdictOf(answer(status, json))).toBe(verdict));
});

describe('what an answer to a submit says about money', () => {
	const id = 'a-1';
	const cases: Array<[string, number, Json | undefined, unknown]> = [
		['an ID', 200, { request_id: id }, { bought: id }],
		['an ID in a 201', 201, { request_id: id }, { bought: id }],
		['an ID beside an error code', 200, { request_id: id, error_code: 400002 }, { bought: id }],
		['an ID in a 500', 500, { request_id: id }, { bought: id }],
		['an ID in a 409', 409, { request_id: id }, 'unknown'],
		['no ID in a 402', 402, { request_id: null }, 'refused'],
		['an error code and an empty ID', 200, { error_code: 400002, request_id: '' }, 'refused'],
		['an error code without an ID', 200, { error_code: 400002 }, 'refused'],
		['an error code beside an odd ID', 200, { request_id: 7, error_code: 400002 }, 'unknown'],
		['a code in a 503', 503, { error_code: 400002 }, 'unknown'],
		['no ID', 200, {}, 'unknown'],
		['an odd ID', 200, { request_id: '../a' }, 'unknown'],
		['an odd ID in a 400', 400, { request_id: '../a' }, 'unknown'],
		['"not ready"', 400, { error_code: 400005 }, 'refused'],
		['no JSON', 200, undefined, 'unknown'],
		...[301, 307, 308, 408, 500, 502, 504].map((status): (typeof cases)[0] => [
			`${status}`,
			status,
			{},
			'unknown',
		]),
		...[400, 401, 402, 403, 404, 413, 422, 425, 429].map((status): (typeof cases)[0] => [
			`${status}`,
			status,
			{},
			'refused',
		]),
		...[401, 403, 404, 413, 429].map((status): (typeof cases)[0] => [
			`${status} of a gateway`,
			status,
			undefined,
			'refused',
		]),
		...[400, 402, 409, 422].map((status): (typeof cases)[0] => [
			`${status} without JSON`,
			status,
			undefined,
			'unknown',
		]),
	];
	for (const [name, status, json, outcome] of cases)
		test(`${name}: ${JSON.stringify(outcome)}`, () =>
			expect(purchaseOf(answer(status, json))).toStrictEqual(outcome));
});

test('whatever a proxy answers that did not connect, nothing was bought', () => {
	for (const status of [200, 302, 400, 407, 408, 500, 502, 503, 504])
		expect(purchaseOf({ ...answer(status), neverSent: true })).toBe('refused');
});

test('request IDs are those of the official clients', () => {
	for (const id of ['a', 'A-b_9', 'x'.repeat(128)])
		expect([id, isRequestId(id)]).toStrictEqual([id, true]);
	for (const id of ['', 'a b', 'a/b', 'ä', 'x'.repeat(129), 'a\n', 7, null, undefined, {}])
		expect([String(id), isRequestId(id)]).toStrictEqual([String(id), false]);
});

test('error codes are whole numbers above 0, or documented names', () => {
	const codes = [400002, '400002', 'ResourceNotFound', 0, -1, 1.5, 'OK', '', null, undefined];
	const read = codes.map((error_code) => answer(200, { error_code }).errorCode);
	expect(read).toStrictEqual([400002, 400002, 404001, ...Array(7).fill(undefined)]);
});

test('Retry-After is read as seconds and as a date', () => {
	const now = Date.parse('2026-11-22T10:00:00Z');
	const cases: Array<[unknown, number | undefined]> = [
		['7', 7000],
		['0.5', 500],
		[' 7 ', 7000],
		[7, 7000],
		['0', 0],
		['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
		['Sun, 22 Nov 2026 09:00:00 GMT', 0],
		['soon', undefined],
		['', undefined],
		[undefined, undefined],
	];
	for (const [value, ms] of cases)
		expect([String(value), retryAfterMs({ 'retry-after': value }, now)]).toStrictEqual([
			String(value),
			ms,
		]);
});
