import { createServer } from 'node:net';
import type { Fault } from '../../simulator/index.mts';
import { onlyError, outcomes, tellsEverythingBought } from './checks.mts';
import { ON_ERROR, ORDER_PARAMETERS, play, RETRY, tally } from './scenario.mts';
import { runNode } from './harness.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const NORMAL = { create: ['submit'], generate: ['submit', 'status', 'result', 'file'] };
const AT_SUBMIT = { on: 'submit' } as const;

/** RunComfy definitely says no, once: nothing is bought, so a retry may ask again. */
const REFUSALS: Record<string, Fault> = {
	'balance too low': { ...AT_SUBMIT, error: 400002 },
	'balance too low in a 200': { ...AT_SUBMIT, error: 400002, status: 200 },
	'unknown model': { ...AT_SUBMIT, error: 400001 },
	'token refused with 401': { ...AT_SUBMIT, error: 400004, status: 401 },
	forbidden: { ...AT_SUBMIT, error: 403001 },
	'402 without a code': { ...AT_SUBMIT, status: 402 },
	'inputs refused field by field': {
		...AT_SUBMIT,
		status: 422,
		body: { detail: [{ loc: ['body', 'prompt'], msg: 'too long' }] },
	},
	'too large': { ...AT_SUBMIT, status: 413 },
	'a code by its name': { ...AT_SUBMIT, status: 200, body: { error_code: 'UserAccountError' } },
};

/** Nobody can say whether it was bought, so it is never sent again. */
const UNKNOWNS: Record<string, Fault> = {
	'reset before the work': { ...AT_SUBMIT, reset: true },
	'reset after buying': { ...AT_SUBMIT, reset: true, after: true },
	'500 before the work': { ...AT_SUBMIT, status: 500 },
	'500 after buying': { ...AT_SUBMIT, status: 500, after: true },
	'503 with a code of RunComfy': { ...AT_SUBMIT, error: 400002, status: 503 },
	'502 as HTML after buying': { ...AT_SUBMIT, html: true, after: true },
	'200 as HTML': { ...AT_SUBMIT, html: true, status: 200 },
	'JSON cut in half': { ...AT_SUBMIT, truncate: true },
	'2xx without an ID': { ...AT_SUBMIT, merge: { request_id: null } },
	'2xx with an ID that is none': { ...AT_SUBMIT, merge: { request_id: 'a/../b' } },
	'an error code beside an odd ID': { ...AT_SUBMIT, merge: { request_id: 7, error_code: 400002 } },
	'204 without a body': { ...AT_SUBMIT, status: 204, body: '' },
	'408 after buying': { ...AT_SUBMIT, status: 408, after: true },
	'307 after buying': {
		...AT_SUBMIT,
		status: 307,
		headers: { location: '/v1/models/x' },
		after: true,
	},
	'303 to a status': { ...AT_SUBMIT, status: 303, headers: { location: '/v1/requests/a/status' } },
	'silence until the time is up': { ...AT_SUBMIT, hang: true, after: true },
	'an answer that never ends': { ...AT_SUBMIT, stall: true },
	'400 from something in between': { ...AT_SUBMIT, html: true, status: 400 },
};

const parameters = { requestOptions: { timeout: 2000 } };

describe('a submit that fails', () => {
	for (const operation of ['create', 'generate'] as const)
		for (const onError of ON_ERROR)
			for (const retry of [false, true]) {
				const settings = { onError, ...(retry && RETRY) };
				const title = `${operation}, ${onError}, ${retry ? 'with' : 'without'} retry`;

				test.concurrent.each(Object.entries(REFUSALS))(`${title}: %s`, async (_name, fault) => {
					const played = await play({ operation, faults: [fault], settings, parameters });
					if (retry) {
						expect(played.requests).toStrictEqual(['submit', ...NORMAL[operation]]);
						expect(outcomes(played).good).toHaveLength(1);
					} else {
						expect(played.requests).toStrictEqual(['submit']);
						const error = onlyError(played, onError);
						if (error) expect(error.submitted).toBe('no');
					}
					tellsEverythingBought(played);
				});

				test.concurrent.each(Object.entries(UNKNOWNS))(`${title}: %s`, async (_name, fault) => {
					const played = await play({ operation, faults: [fault], settings, parameters });
					expect(played.requests).toStrictEqual(['submit']);
					const error = onlyError(played, onError);
					if (error) expect(error.submitted).toBe('unknown');
					expect(error?.message ?? `${played.error?.message} ${played.error?.description}`).toMatch(
						/may or may not have been bought.*Look at Generations on runcomfy\.com before/,
					);
					expect(played.log.join()).toMatch(/item 0 may have been bought, but was not confirmed/);
				});
			}
});

describe('several items', () => {
	for (const onError of ON_ERROR)
		for (const operation of ['create', 'generate'] as const) {
			const settings = { onError, ...RETRY };

			test.concurrent.each([1, 2, 3])(
				`${operation}, ${onError}: job %s of 3 is not confirmed, 3 submits in all`,
				async (nth) => {
					const faults: Fault[] = [{ on: 'submit', nth, reset: true, after: true }];
					const played = await play({ operation, count: 3, faults, settings });
					expect(tally(played.requests).submit).toBe(3);
					const { good, bad } = outcomes(played);
					expect([good.length, bad.length]).toStrictEqual(
						onError === 'stopWorkflow' ? [0, 0] : [2, 1],
					);
					tellsEverythingBought(played, 1);
				},
			);

			test.concurrent(
				`${operation}, ${onError}: the 2nd of 3 is refused once and bought by the retry`,
				async () => {
					const faults: Fault[] = [{ on: 'submit', nth: 1, error: 400002 }];
					const played = await play({ operation, count: 3, faults, settings });
					// A row after an error row makes n8n keep what it has, so its order decides about a retry.
					const { good, bad } = outcomes(played);
					expect(good.length + bad.length).toBe(3);
					expect(played.ids.length).toBe(good.length);
					expect(tally(played.requests).submit).toBe(good.length + 1);
					tellsEverythingBought(played);
				},
			);
		}

	test.concurrent(
		'an item that was not confirmed is named when another one stops the workflow',
		async () => {
			const faults: Fault[] = [
				{ on: 'submit', nth: 1, error: 400002, delayMs: 300 },
				{ on: 'submit', nth: 2, reset: true, after: true },
			];
			const { error } = await play({ operation: 'create', count: 2, faults });
			expect(`${error?.message}`).toMatch(
				/balance is too low.*Perhaps bought too, look at Generations on runcomfy\.com: item 1\./,
			);
		},
	);

	test.concurrent.each([
		[403, /^Something between n8n and RunComfy answered with HTTP status 403/],
		[404, /^Something between n8n and RunComfy answered with HTTP status 404/],
		[401, /^RunComfy does not accept the API token/],
	] as const)(
		"a page with %s buys nothing and is not taken for RunComfy's word",
		async (status, says) => {
			const faults: Fault[] = [{ on: 'submit', html: true, status }];
			const { error } = await play({ operation: 'create', faults });
			expect(`${error?.message}`).toMatch(says);
		},
	);

	test.concurrent('what RunComfy named instead of a request ID is told', async () => {
		const faults: Fault[] = [{ on: 'submit', merge: { request_id: 'req:12.5' } }];
		const { error, log } = await play({ operation: 'create', faults });
		expect(String(error?.description)).toMatch(/RunComfy named the request req:12\.5/);
		expect(log.join()).toMatch(/item 0 may have been bought, but was not confirmed: .* req:12\.5/);
	});

	test.concurrent(
		'nothing more is bought once an item has failed, and the retry takes it up',
		async () => {
			const faults: Fault[] = [
				{ on: 'submit', nth: 1, error: 400002 },
				{ on: 'submit', times: -1, delayMs: 300 },
			];
			const once = await play({ operation: 'create', count: 8, faults });
			expect(tally(once.requests).submit).toBe(4);
			tellsEverythingBought(once);
			const retried = await play({ operation: 'create', count: 8, faults, settings: RETRY });
			expect(tally(retried.requests).submit).toBe(9);
			expect(retried.items).toHaveLength(8);
		},
	);
});

test('a refused connection buys nothing, and a retry may try again', async () => {
	const closed = await new Promise<number>((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
	const simulator = { url: `http://127.0.0.1:${closed}`, token: 'x' };
	const parameters = { operation: 'create', ...ORDER_PARAMETERS };
	const outcome = await runNode({
		simulator,
		parameters,
		settings: { ...RETRY, onError: 'continueRegularOutput' },
	});
	const { error } = outcome.items[0].json as { error: { submitted: string; message: string } };
	expect(error.submitted).toBe('no');
	expect(error.message).toMatch(/could not be reached, so nothing was bought/);
});
