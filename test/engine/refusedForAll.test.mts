import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

describe('a refusal that would hit all others as well', { concurrency: 4 }, () => {
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
			for (const [name, effect, says] of refusals)
				test(`${operation}, ${onError}: ${name}, the rest is not sent`, async () => {
					const played = await play({
						operation,
						count: 9,
						faults: refusedFirst(effect),
						settings: { onError },
						parameters: NUMBERED,
					});
					assert.deepEqual(submitsOf(played.simulator).map(itemOf).sort(), [0, 1, 2, 3]);
					const { good, bad } = outcomes(played);
					assert.deepEqual([good.length, bad.length], [3, 6]);
					assert.deepEqual(
						bad.map(({ message }) => NOT_SENT.test(message)),
						[false, true, true, true, true, true],
					);
					for (const { message, submitted, request_id, ...error } of bad) {
						assert.match(message, says);
						assert.deepEqual([submitted, request_id], ['no', undefined]);
						assert.equal(error.error_code, bad[0].error_code);
						assert.equal(error.http_status, bad[0].http_status);
					}
					tellsEverythingBought(played);
				});

	for (const [name, effect] of Object.entries({
		'inputs refused': { status: 422 },
		'too large': { status: 413 },
		'a page in between': { html: true, status: 403 },
		'an outcome that is not known': { status: 500 },
	}))
		test(`${name}: concerns one item only`, async () => {
			const played = await play({
				operation: 'create',
				count: 9,
				faults: refusedFirst(effect),
				settings: { onError: 'continueRegularOutput' },
			});
			assert.equal(tally(played.requests).submit, 9);
			assert.equal(outcomes(played).good.length, 8);
		});

	test('the orders of other models go on', async () => {
		const played = await play({
			operation: 'create',
			count: 10,
			faults: refusedFirst({ error: 403001 }),
			settings: { onError: 'continueErrorOutput' },
			parameters: { ...NUMBERED, model: `={{ $json.at % 2 ? '${PRO}' : '${STANDARD}' }}` },
		});
		const sent = submitsOf(played.simulator).map(itemOf).sort();
		assert.deepEqual(sent, [0, 1, 2, 3, 5, 7, 9]);
		assert.deepEqual(
			played.errorItems.map(({ json }) => json.at),
			[0, 4, 6, 8],
		);
	});

	for (const onError of ON_ERROR)
		test(`${onError}: a retry tries again`, async () => {
			const played = await play({
				operation: 'create',
				count: 9,
				faults: refusedFirst({ error: 400002 }),
				settings: { onError, ...RETRY },
				parameters: NUMBERED,
			});
			assert.equal(tally(played.requests).submit, 10);
			assert.equal(outcomes(played).good.length, 9);
			tellsEverythingBought(played);
		});

	for (const [downloadVideo, sent] of [
		[true, 1],
		[false, 4],
	] as const)
		test(`videos on a host that is not allowed, with the download ${downloadVideo ? 'on' : 'off'}`, async () => {
			const played = await play({
				operation: 'generate',
				count: 4,
				plans: [{ times: -1, videoUrl: 'https://cdn.example.com/a.mp4', runMs: 20 }],
				settings: { onError: 'continueRegularOutput' },
				parameters: { ...NUMBERED, downloadVideo, options: { maxConcurrent: 1 } },
				faults: [{ on: 'submit', skip: 1, times: -1, delayMs: 400 }],
			});
			// The place is free before the download: one more is on its way then.
			assert.ok(played.ids.length >= sent && played.ids.length <= sent + 1);
			const { bad } = outcomes(played);
			assert.equal(bad.length, downloadVideo ? 4 : 0);
			const unsent = bad.filter(({ submitted }) => submitted === 'no');
			assert.equal(unsent.length, 4 - played.ids.length);
			for (const { message } of unsent)
				assert.match(
					message,
					/^Not sent, since its video could not be downloaded either\. Item 0: the link is on cdn\.example\.com, which is not RunComfy\. Turn 'Download Video' off/,
				);
			tellsEverythingBought(played);
		});

	test('those that wait for RunComfy or for their place end as well', async () => {
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
		assert.equal(tally(played.requests).submit, 3);
		const { bad } = outcomes(played);
		assert.equal(bad.filter(({ message }) => NOT_SENT.test(message)).length, 8);
	});
});
