import { noResponse } from '../../dist/nodes/RunComfy/api/noResponse.js';
import { partsOf } from '../../dist/nodes/RunComfy/api/answers.js';
import { detailsOf, refusal, unreachedBy } from '../../dist/nodes/RunComfy/api/refusals.js';
import { clean } from '../../dist/nodes/RunComfy/text/clean.js';

type Subject = 'submit' | 'request' | 'model';
const answer = (httpStatus: number, json: object, token?: string) => ({
	httpStatus,
	headers: {},
	json: json as never,
	...partsOf(json as never, (text) => clean(text, token)),
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
		[407, {}, 'submit', /proxy that n8n goes through asks for a user name and a password/],
		[302, {}, 'request', /Something between n8n and RunComfy answered with HTTP status 302/],
		[302, { error_code: 400002 }, 'submit', /balance is too low/],
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
			expect(said).toMatch(message);
			// It says how to go on.
			expect(details.hint).toBeTruthy();
			expect(details.httpStatus).toBe(status);
			expect(details.errorCode).toBe((json as { error_code?: number }).error_code);
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
	test.each(cases)('%j', (json, text) =>
		expect(detailsOf(answer(400, json)).reason ?? '').toBe(text),
	);

	test('holds no token', () => {
		const { details } = say(400, { message: 'bad token rc_secret' }, 'submit', 'rc_secret');
		expect(details.reason).toBe('bad token [hidden]');
	});
});

test('a refusal that names nothing does not ask to correct what it names', () => {
	const hint = (json: object) => String(say(422, json, 'submit').details.hint);
	expect(hint({ detail: 'too short' })).toMatch(/^Correct what it names/);
	expect(hint({})).toMatch(/does not say what is wrong/);
});

test('a request that was seen is told as deleted, and one that was not as perhaps never there', () => {
	const gone = answer(404, { error_code: 404001 });
	const seen = refusal(gone, 'request', { submitted: 'yes', status: 'in_progress' });
	expect(seen.message).toMatch(/does not know this request any more/);
	expect(String(seen.details.hint)).not.toMatch(/'Request ID'/);
	expect(seen.details.submitted).toBe('yes');
	const unseen = refusal(gone, 'request', { submitted: 'yes' });
	expect(unseen.message).toMatch(/never existed/);
	expect(unseen.details.submitted).toBe('unknown');
});

test('a proxy that did not connect is told as such, in JSON too', () => {
	for (const json of [{ message: 'upstream' }, {}]) {
		const refused = { ...answer(502, json), neverSent: true as const };
		const { message } = refusal(refused, 'submit', { submitted: 'no' });
		expect(message).toMatch(
			/^The proxy .* HTTP status 502 and did not connect to RunComfy, so nothing was bought$/,
		);
	}
});

test('what stands in the way of a response is told where it is known', () => {
	const lost = (code: string) => noResponse(Object.assign(new Error(code), { code }));
	const hint = String(unreachedBy(lost('CERT_HAS_EXPIRED'))?.hint);
	expect(hint).toMatch(/NODE_EXTRA_CA_CERTS/);
	expect(hint).toMatch(/'Ignore SSL Issues \(Insecure\)' under 'Request Options'/);
	expect(String(unreachedBy(lost('ENOTFOUND'))?.message)).toMatch(
		/name of the server was not found/,
	);
	expect(unreachedBy(lost('ECONNRESET'))).toBeUndefined();
});
