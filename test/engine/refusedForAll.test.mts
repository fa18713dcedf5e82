import { PRO, STANDARD } from '../fixtures/models.mts';
import type { Effect, Fault } from '../../simulator/index.mts';
import { outcomes, tellsEverythingBought } from './checks.mts';
import { itemOf, NUMBERED, submitsOf } from './numbered.mts';
import { ON_ERROR, play, RETRY, tally } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const CONTINUE = ON_ERROR.filter((onError) => onError !== 'stopWorkflow');
const NOT_SENT = /; not sent, since item 0 was refused for the same reason\./;

/** Item 0 is refused while the other three transfers are under way. */
const refusedFirst = (effect: Effect): Fault[] => [
	{ on: 'submit', nth: 1, ...effect },
	{ on: 'submit', times: -1, delayMs: 400 },
];

describe('a refusal that would hit all others as well', () => {
	const refusals: Array<[string, Effect, RegExp]> = [
		['balance', { error: 400002 }, /^The RunComfy balance is too low for this order/],
		['balance in a 200', { error: 400002, status: 200 }, /^The RunComfy balance is too low/],
		['402 without a code', { status: 402 }, /^The RunComfy balance is too low/],
		['token', { error: 400004 }, /^RunComfy does not accept the API token/],
		['401 as a page', { html: true, status: 401 }, /^RunComfy does not accept the API token/],
		['unknown model', { error: 400001 }, /^RunComfy does not know this model/],
		[
			'forbidden model',
			{ error: 403001 },
			/^This RunComfy account isn't allowed to use this model/,
		],
	];
	for (const operation of ['create', 'generate'] as const)
		for (const onError of CONTINUE)
			test.concurrent.each(refusals)(
				`${operation}, ${onError}: %s, the rest is not sent`,
				async (_name, effect, says) => {
					const played = await play({
						operation,
						count: 9,
						faults: refusedFirst(effect),
						settings: { onError },
						parameters: NUMBERED,
					});
					expect(submitsOf(played.simulator).map(itemOf).sort()).toStrictEqual([0, 1, 2, 3]);
					const { good, bad } = outcomes(played);
					expect([good.length, bad.length]).toStrictEqual([3, 6]);
					expect(bad.map(({ message }) => NOT_SENT.test(message))).toStrictEqual([
						false,
						true,
						true,
						true,
						true,
						true,
					]);
					for (const { message, submitted, request_id, ...error } of bad) {
						expect(message).toMatch(says);
						expect([submitted, request_id]).toStrictEqual(['no', undefined]);
						expect(error.error_code).toBe(bad[0].error_code);
						expect(error.http_status).toBe(bad[0].http_status);
					}
					tellsEverythingBought(played);
				},
			);

	test.concurrent.each(
		Object.entries({
			'inputs refused': { status: 422 },
			'too large': { status: 413 },
			'a page in between': { html: true, status: 403 },
			'an outcome that is not known': { status: 500 },
		}),
	)('%s: concerns one item only', async (_name, effect) => {
		const played = await play({
			operation: 'create',
			count: 9,
			faults: refusedFirst(effect),
			settings: { onError: 'continueRegularOutput' },
		});
		expect(tally(played.requests).submit).toBe(9);
		expect(outcomes(played).good).toHaveLength(8);
	});

	test.concurrent('the orders of other models go on', async () => {
		const played = await play({
			operation: 'create',
			count: 10,
			faults: refusedFirst({ error: 403001 }),
			settings: { onError: 'continueErrorOutput' },
			parameters: { ...NUMBERED, model: `={{ $json.at % 2 ? '${PRO}' : '${STANDARD}' }}` },
		});
		const sent = submitsOf(played.simulator).map(itemOf).sort();
		expect(sent).toStrictEqual([0, 1, 2, 3, 5, 7, 9]);
		expect(played.errorItems.map(({ json }) => json.at)).toStrictEqual([0, 4, 6, 8]);
	});

	test.concurrent.each(ON_ERROR)('%s: a retry tries again', async (onError) => {
		const played = await play({
			operation: 'create',
			count: 9,
			faults: refusedFirst({ error: 400002 }),
			settings: { onError, ...RETRY },
			parameters: NUMBERED,
		});
		expect(tally(played.requests).submit).toBe(10);
		expect(outcomes(played).good).toHaveLength(9);
		tellsEverythingBought(played);
	});

	for (const [downloadVideo, sent] of [
		[true, 1],
		[false, 4],
	] as const)
		test.concurrent(
			`videos on a host that is not allowed, with the download ${downloadVideo ? 'on' : 'off'}`,
			async () => {
				const played = await play({
					operation: 'generate',
					count: 4,
					plans: [{ times: -1, videoUrl: 'https://cdn.example.com/a.mp4', runMs: 20 }],
					settings: { onError: 'continueRegularOutput' },
					parameters: { ...NUMBERED, downloadVideo, options: { maxConcurrent: 1 } },
					faults: [{ on: 'submit', skip: 1, times: -1, delayMs: 400 }],
				});
				// The place is free before the download: one more is on its way then.
				expect(played.ids.length).toBeGreaterThanOrEqual(sent);
				expect(played.ids.length).toBeLessThanOrEqual(sent + 1);
				const { bad } = outcomes(played);
				expect(bad.length).toBe(downloadVideo ? 4 : 0);
				const unsent = bad.filter(({ submitted }) => submitted === 'no');
				expect(unsent.length).toBe(4 - played.ids.length);
				for (const { message } of unsent)
					expect(message).toMatch(
						/^Not sent, since its video could not be downloaded either\. Item 0: the link is on cdn\.example\.com, which is not RunComfy\. Turn 'Download Video' off/,
					);
				tellsEverythingBought(played);
			},
		);

	test.concurrent('those that wait for RunComfy or for their place end as well', async () => {
		const played = await play({
			operation: 'generate',
			count: 9,
			faults: [
				{ on: 'submit', nth: 1, error: 400002, delayMs: 400 },
				{ on: 'submit', status: 429, times: -1, headers: { 'retry-after': '300' } },
			],
			settings: { onError: 'continueRegularOutput' },
			parameters: { ...NUMBERED, options: { maxConcurrent: 3 } },
		});
		expect(tally(played.requests).submit).toBe(3);
		const { bad } = outcomes(played);
		expect(bad.filter(({ message }) => NOT_SENT.test(message))).toHaveLength(8);
	});
});
