import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textsOf } from '../../dist/nodes/RunComfy/api/answers.js';
import { detailsOf, refusal } from '../../dist/nodes/RunComfy/api/refusals.js';
import { clean } from '../../dist/nodes/RunComfy/text/clean.js';

type Subject = 'submit' | 'request' | 'model';
const answer = (httpStatus: number, json: object, token?: string) => ({
	httpStatus,
	headers: {},
	json: json as never,
	...textsOf(json as never, (text) => clean(text, token)),
});
const say = (httpStatus: number, json: object, subject: Subject, token?: string) =>
	refusal(answer(httpStatus, json, token), subject, { submitted: 'no' });

describe('a refusal tells what it means', () => {
	const cases: Array<[number, object, Subject, RegExp]> = [
		[401, { error_code: 400004 }, 'submit', /does not accept the API token/],
		[401, {}, 'request', /does not accept the API token/],
		[400, { error_code: 400004 }, 'model', /does not accept the API token/],
		[400, { error_code: 400002 }, 'submit', /balance is too low/],
		[402, {}, 'submit', /balance is too low/],
		[400, { error_code: 400001 }, 'submit', /does not know this model/],
		[400, { error_code: 400001 }, 'request', /does not accept this request ID/],
		[403, { error_code: 403001 }, 'submit', /isn't allowed to use this model/],
		[403, {}, 'request', /belongs to another RunComfy account/],
		[404, { error_code: 404001 }, 'request', /never existed, was deleted or has expired/],
		[410, {}, 'request', /never existed, was deleted or has expired/],
		[404, {}, 'submit', /does not know this model/],
		[413, {}, 'submit', /files are too large/],
		[422, {}, 'submit', /rejected the inputs/],
		[429, {}, 'submit', /is limiting requests right now/],
		[418, {}, 'submit', /refused this with HTTP status 418/],
		// The code decides before the status.
		[500, { error_code: 400002 }, 'submit', /balance is too low/],
		[403, { error_code: 404001 }, 'request', /never existed/],
		[402, { error_code: 999999 }, 'submit', /balance is too low/],
	];
	for (const [status, json, subject, message] of cases)
		test(`${subject}: ${status} ${JSON.stringify(json)}`, () => {
			const { message: said, details } = say(status, json, subject);
			assert.match(said, message);
			assert.ok(details.hint, 'it says how to go on');
			assert.equal(details.httpStatus, status);
			assert.equal(details.errorCode, (json as { error_code?: number }).error_code);
		});
});

describe('the reason', () => {
	const cases: Array<[object, string]> = [
		[{ error_message: 'a', detail: 'b' }, 'a – b'],
		[{ message: 'same', detail: 'same' }, 'same'],
		[{ error: { message: 'deep' } }, 'deep'],
		[{ detail: [{ loc: ['body', 'duration'], msg: 'at most 15' }] }, 'duration: at most 15'],
		[{}, ''],
	];
	for (const [json, text] of cases)
		test(JSON.stringify(json), () => assert.equal(detailsOf(answer(400, json)).reason ?? '', text));

	test('holds no token', () => {
		const { details } = say(400, { message: 'bad token rc_secret' }, 'submit', 'rc_secret');
		assert.equal(details.reason, 'bad token [hidden]');
	});
});
