import type { Effect, Fault } from '../../simulator/index.mts';
import { onlyError, outcomes } from './checks.mts';
import { ON_ERROR, play, RETRY, tally, type Operation } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

/** What is transient: the same read is sent again, and the job is none the worse. */
const TRANSIENT: Record<string, Effect> = {
	'429': { status: 429 },
	'429 with seconds to wait': { status: 429, headers: { 'retry-after': '2' } },
	'429 with a date to wait for': {
		status: 429,
		headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() },
	},
	'500': { status: 500 },
	'three 503 in a row': { status: 503, times: 3 },
	reset: { reset: true },
	'HTML with 502': { html: true },
	'HTML with 200': { html: true, status: 200 },
	'HTML with 403, from a proxy': { html: true, status: 403 },
	'JSON cut in half': { truncate: true },
	'an empty body': { body: '' },
	'a JSON text instead of an object': { body: '"ok"' },
	'a redirect': { status: 302, headers: { location: '/v1/models' } },
	'an unknown code of a server fault in a 200': { status: 200, body: { error_code: 500001 } },
};

/** What ends the wait at once. */
const FINAL: Record<string, Effect> = {
	'404 of RunComfy': { error: 404001 },
	'gone, in a 200': { error: 404001, status: 200 },
	'gone, in a 500': { error: 404001, status: 500 },
	'of another user': { error: 403001 },
	'token refused with 401': { error: 400004, status: 401 },
	'a plain 410': { status: 410 },
};

const READS: Array<[Operation, Array<'status' | 'result'>]> = [
	['generate', ['status', 'result']],
	['waitForCompletion', ['status', 'result']],
	['getStatus', ['status']],
];
const NORMAL: Partial<Record<Operation, Record<string, number>>> = {
	generate: { submit: 1, status: 1, result: 1, file: 1 },
	waitForCompletion: { status: 1, result: 1, file: 1 },
	getStatus: { status: 1 },
};
const SETTINGS = ON_ERROR.flatMap((onError) =>
	[false, true].map((retry) => ({
		onError,
		retry,
		settings: { onError, ...(retry && RETRY) },
		title: `${onError}, ${retry ? 'with' : 'without'} retry`,
	})),
);

describe('a read that fails', () => {
	for (const [operation, kinds] of READS)
		for (const on of kinds)
			for (const { onError, retry, settings, title } of SETTINGS) {
				const normal = NORMAL[operation] ?? {};

				test.concurrent.each(Object.entries(TRANSIENT))(
					`${operation}, ${on}, ${title}: %s is transient`,
					async (_name, effect) => {
						const played = await play({ operation, faults: [{ ...effect, on }], settings });
						expect(outcomes(played).good).toHaveLength(1);
						const expected = { ...normal, [on]: 1 + (effect.times ?? 1) };
						expect(tally(played.requests)).toStrictEqual(expected);
					},
				);

				test.concurrent.each(Object.entries(FINAL))(
					`${operation}, ${on}, ${title}: %s is final`,
					async (name, effect) => {
						const played = await play({ operation, faults: [{ ...effect, on }], settings });
						if (retry) {
							expect(outcomes(played).good).toHaveLength(1);
							// A look at a wait starts with its status.
							const again = on === 'result' ? { status: 2, result: 2 } : { [on]: 2 };
							expect(tally(played.requests)).toStrictEqual({ ...normal, ...again });
						} else {
							const error = onlyError(played, onError);
							// Nobody has seen a request that is gone at the first look.
							const isUnseen =
								operation !== 'generate' && on === 'status' && /404|410|gone/.test(name);
							if (error) expect(error.request_id).toBe(played.ids[0]);
							if (error) expect(error.submitted).toBe(isUnseen ? 'unknown' : 'yes');
							expect(JSON.stringify(played.error ?? error)).toContain(played.ids[0]);
						}
						expect(!('submit' in normal) || tally(played.requests).submit === 1).toBe(true);
					},
				);
			}
});

test('a wrong base URL does not keep a wait busy for its whole time', async () => {
	const faults: Fault[] = [{ on: 'status', times: -1, status: 301, headers: { location: '/' } }];
	const played = await play({ operation: 'waitForCompletion', faults });
	expect(tally(played.requests)).toStrictEqual({ status: 5 });
	expect(`${played.error?.message}`).toMatch(/HTTP status 301/);
});
