import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import type { Fault, Simulator } from '../../simulator/index.mts';
import { until } from '../support/until.mts';
import { outcomes, tellsEverythingBought } from './checks.mts';
import { itemOf, mostAtATime, NUMBERED, submitsOf } from './numbered.mts';
import { ON_ERROR, play, RETRY, tally, type Played, type Scenario } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const CONTINUE = 'continueRegularOutput';
const atMost = (maxConcurrent: unknown, more: IDataObject = {}) => ({
	...NUMBERED,
	options: { maxConcurrent: maxConcurrent as number },
	...more,
});
const generate = async (scenario: Omit<Scenario, 'operation'>): Promise<Played> =>
	await play({ operation: 'generate', simulator: { runMs: 200 }, ...scenario });

/** Has the oldest job finish each time that so many are at work and no more have come for a while. */
async function finishInTurn(simulator: Simulator, count: number, max: number): Promise<void> {
	const working = () =>
		[...simulator.jobs.values()].filter(({ status }) => status === 'in_progress');
	for (let left = count; left > 0; left--) {
		const areAllThere = () => working().length >= Math.min(max, left);
		await until('as many are at work as may', areAllThere, { minutes: 1, everyMs: 5 });
		await sleep(50);
		const [{ plan, createdAtMs }] = working();
		plan.runMs = Date.now() - createdAtMs;
	}
}

const bought = ({ simulator }: Played) => [...simulator.jobs.values()].map(itemOf);

describe('at most so many requests at a time', { concurrency: 4 }, () => {
	for (const onError of ON_ERROR)
		for (const retry of [{}, RETRY])
			for (const max of [1, 2, 3]) {
				const settings = { onError, ...retry };
				const title = `${max}, ${onError}, ${retry === RETRY ? 'with' : 'without'} retry`;

				test(`${title}: all are made, in their order`, async () => {
					const played = await generate({
						count: 6,
						settings,
						simulator: { runMs: 60_000 },
						parameters: atMost(max),
						meanwhile: async ({ simulator }) => await finishInTurn(simulator, 6, max),
					});
					assert.equal(outcomes(played).good.length, 6);
					assert.equal(mostAtATime(played.simulator), max);
					// Those that start together may arrive in any order.
					assert.deepEqual(bought(played).slice(max), [0, 1, 2, 3, 4, 5].slice(max));
					assert.equal(tally(played.requests).submit, 6);
				});

				test(`${title}: failures in between make room`, async () => {
					const played = await generate({
						count: 6,
						settings,
						parameters: atMost(max),
						plans: [{ nth: 2, outcome: 'failed' }],
						faults: [{ on: 'submit', nth: 4, status: 422 }],
					});
					assert.ok(mostAtATime(played.simulator) <= max);
					const { good, bad } = outcomes(played);
					if (onError === 'stopWorkflow') {
						// With the failed one, nothing more is bought, and a retry finds it failed again.
						assert.ok(played.error);
						assert.ok(retry === RETRY || played.ids.length < 6, `${played.ids.length}`);
					} else {
						assert.deepEqual([good.length, bad.length], [4, 2]);
						assert.deepEqual([tally(played.requests).submit, played.ids.length], [6, 5]);
					}
					tellsEverythingBought(played);
				});
			}

	test('without it, all are sent at once', async () => {
		const played = await generate({
			count: 9,
			simulator: { runMs: 60_000 },
			parameters: NUMBERED,
			meanwhile: async ({ simulator }) => await finishInTurn(simulator, 9, 9),
		});
		assert.equal(mostAtATime(played.simulator), 9);
	});

	test('a timeout makes room', async () => {
		const played = await generate({
			count: 3,
			settings: { onError: CONTINUE },
			plans: [{ nth: 1, runMs: 60_000 }],
			parameters: atMost(1, { waitOptions: { pollInterval: 0.2, timeout: 60 } }),
		});
		assert.deepEqual(bought(played), [0, 1, 2]);
		const { good, bad } = outcomes(played);
		assert.deepEqual([good.length, bad.length], [2, 1]);
		// On a slow machine, the last look is over when it is the time for it.
		assert.match(bad[0].message, /was still in_progress after 60 s|The time was up before/);
	});

	test('a download keeps nobody waiting', async () => {
		const faults: Fault[] = [{ on: 'file', delayMs: 2_000 }];
		const played = await generate({ count: 2, faults, parameters: atMost(1) });
		const [, second] = submitsOf(played.simulator);
		const file = played.simulator.log.find(({ kind }) => kind === 'file')!;
		assert.ok(second.atMs - file.atMs < 1_500, `${second.atMs - file.atMs} ms`);
	});

	test('what a retry goes on to wait for counts', async () => {
		const played = await generate({
			count: 3,
			settings: RETRY,
			simulator: { runMs: 500 },
			faults: [{ on: 'status', nth: 1, error: 404001 }],
			parameters: atMost(1),
		});
		assert.equal(outcomes(played).good.length, 3);
		assert.deepEqual([bought(played), mostAtATime(played.simulator)], [[0, 1, 2], 1]);
	});

	test('an item whose submit RunComfy limits takes no place, and keeps its turn', async () => {
		const played = await generate({
			count: 6,
			simulator: { maxRunning: 2, runMs: 100 },
			parameters: atMost(3),
		});
		assert.equal(outcomes(played).good.length, 6);
		assert.equal(mostAtATime(played.simulator), 2);
		assert.deepEqual(bought(played).slice(3), [3, 4, 5]);
	});

	test('each item may say so for itself', async () => {
		const played = await generate({
			count: 4,
			parameters: atMost('={{ $json.at === 0 ? undefined : 1 }}'),
		});
		assert.deepEqual(bought(played), [0, 1, 2, 3]);
		assert.equal(mostAtATime(played.simulator), 1);
	});

	for (const batchSize of [1, 2])
		test(`batches of ${batchSize} share the places`, async () => {
			const played = await generate({
				count: 5,
				simulator: { runMs: 200 },
				parameters: atMost(1, {
					requestOptions: { batching: { batch: { batchSize, batchInterval: 20 } } },
				}),
			});
			assert.equal(outcomes(played).good.length, 5);
			assert.deepEqual([bought(played), mostAtATime(played.simulator)], [[0, 1, 2, 3, 4], 1]);
		});

	for (const onError of ON_ERROR)
		test(`${onError}: a stop ends the waiting, and nothing is sent any more`, async () => {
			let stoppedAt = 0;
			const { requests, ids } = await generate({
				count: 5,
				settings: { onError },
				simulator: { runMs: 60_000 },
				parameters: atMost(2),
				meanwhile: async ({ stop, simulator }) => {
					const isWaiting = () => simulator.log.filter(({ kind }) => kind === 'status').length > 4;
					await until('two are waited for', isWaiting, { everyMs: 5 });
					stoppedAt = Date.now();
					stop();
				},
			});
			assert.ok(Date.now() - stoppedAt < 3_000);
			assert.deepEqual([tally(requests).submit, ids.length], [2, 2]);
		});

	test('another item that fails holds back those that wait', async () => {
		const played = await generate({
			count: 5,
			plans: [{ nth: 1, outcome: 'failed' }],
			parameters: atMost(1),
		});
		assert.deepEqual(bought(played), [0]);
		assert.match(`${played.error?.message}`, /could not make this video/);
	});

	for (const value of [0, -1, 1.5, 'some'])
		test(`'${value}' is refused`, async () => {
			const played = await generate({ parameters: atMost(value) });
			assert.match(
				`${played.error?.message}`,
				new RegExp(
					`^'Maximum Concurrent Requests' must be a whole number above 0 \\(got '${value}'\\)`,
				),
			);
			assert.deepEqual(played.requests, []);
		});

	test('Create is not concerned', async () => {
		const simulator = { queueMs: 60_000 };
		const played = await play({ operation: 'create', count: 5, simulator, parameters: atMost(1) });
		assert.equal(outcomes(played).good.length, 5);
	});
});
