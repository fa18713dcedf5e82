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

describe('at most so many requests at a time', () => {
	for (const onError of ON_ERROR)
		for (const retry of [{}, RETRY])
			for (const max of [1, 2, 3]) {
				const settings = { onError, ...retry };
				const title = `${max}, ${onError}, ${retry === RETRY ? 'with' : 'without'} retry`;

				test.concurrent(`${title}: all are made, in their order`, async () => {
					const played = await generate({
						count: 6,
						settings,
						simulator: { runMs: 60_000 },
						parameters: atMost(max),
						meanwhile: async ({ simulator }) => await finishInTurn(simulator, 6, max),
					});
					expect(outcomes(played).good).toHaveLength(6);
					expect(mostAtATime(played.simulator)).toBe(max);
					// Those that start together may arrive in any order.
					expect(bought(played).slice(max)).toStrictEqual([0, 1, 2, 3, 4, 5].slice(max));
					expect(tally(played.requests).submit).toBe(6);
				});

				test.concurrent(`${title}: failures in between make room`, async () => {
					const played = await generate({
						count: 6,
						settings,
						parameters: atMost(max),
						plans: [{ nth: 2, outcome: 'failed' }],
						faults: [{ on: 'submit', nth: 4, status: 422 }],
					});
					expect(mostAtATime(played.simulator)).toBeLessThanOrEqual(max);
					const { good, bad } = outcomes(played);
					if (onError === 'stopWorkflow') {
						// With the failed one, nothing more is bought, and a retry finds it failed again.
						expect(played.error).toBeTruthy();
						if (retry !== RETRY) expect(played.ids.length).toBeLessThan(6);
					} else {
						expect([good.length, bad.length]).toStrictEqual([4, 2]);
						expect([tally(played.requests).submit, played.ids.length]).toStrictEqual([6, 5]);
					}
					tellsEverythingBought(played);
				});
			}

	test.concurrent('without it, all are sent at once', async () => {
		const played = await generate({
			count: 9,
			simulator: { runMs: 60_000 },
			parameters: NUMBERED,
			meanwhile: async ({ simulator }) => await finishInTurn(simulator, 9, 9),
		});
		expect(mostAtATime(played.simulator)).toBe(9);
	});

	test.concurrent('a timeout makes room', async () => {
		const played = await generate({
			count: 3,
			settings: { onError: CONTINUE },
			plans: [{ nth: 1, runMs: 60_000 }],
			parameters: atMost(1, { waitOptions: { pollInterval: 0.2, timeout: 60 } }),
		});
		expect(bought(played)).toStrictEqual([0, 1, 2]);
		const { good, bad } = outcomes(played);
		expect([good.length, bad.length]).toStrictEqual([2, 1]);
		// On a slow machine, the last look is over when it is the time for it.
		expect(bad[0].message).toMatch(/was still in_progress after 60 s|The time was up before/);
	});

	test.concurrent('a download keeps nobody waiting', async () => {
		const faults: Fault[] = [{ on: 'file', delayMs: 2_000 }];
		const played = await generate({ count: 2, faults, parameters: atMost(1) });
		const [, second] = submitsOf(played.simulator);
		const file = played.simulator.log.find(({ kind }) => kind === 'file')!;
		expect(second.atMs - file.atMs).toBeLessThan(1_500);
	});

	test.concurrent('what a retry goes on to wait for counts', async () => {
		const played = await generate({
			count: 3,
			settings: RETRY,
			simulator: { runMs: 500 },
			faults: [{ on: 'status', nth: 1, error: 404001 }],
			parameters: atMost(1),
		});
		expect(outcomes(played).good).toHaveLength(3);
		expect([bought(played), mostAtATime(played.simulator)]).toStrictEqual([[0, 1, 2], 1]);
	});

	test.concurrent(
		'an item whose submit RunComfy limits takes no place, and keeps its turn',
		async () => {
			const played = await generate({
				count: 6,
				simulator: { maxRunning: 2, runMs: 100 },
				parameters: atMost(3),
			});
			expect(outcomes(played).good).toHaveLength(6);
			expect(mostAtATime(played.simulator)).toBe(2);
			expect(bought(played).slice(3)).toStrictEqual([3, 4, 5]);
		},
	);

	test.concurrent('each item may say so for itself', async () => {
		const played = await generate({
			count: 4,
			parameters: atMost('={{ $json.at === 0 ? undefined : 1 }}'),
		});
		expect(bought(played)).toStrictEqual([0, 1, 2, 3]);
		expect(mostAtATime(played.simulator)).toBe(1);
	});

	test.concurrent.each([1, 2])('batches of %s share the places', async (batchSize) => {
		const played = await generate({
			count: 5,
			simulator: { runMs: 200 },
			parameters: atMost(1, {
				requestOptions: { batching: { batch: { batchSize, batchInterval: 20 } } },
			}),
		});
		expect(outcomes(played).good).toHaveLength(5);
		expect([bought(played), mostAtATime(played.simulator)]).toStrictEqual([[0, 1, 2, 3, 4], 1]);
	});

	test.concurrent.each(ON_ERROR)(
		'%s: a stop ends the waiting, and nothing is sent any more',
		async (onError) => {
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
			expect(Date.now() - stoppedAt).toBeLessThan(3_000);
			expect([tally(requests).submit, ids.length]).toStrictEqual([2, 2]);
		},
	);

	test.concurrent('another item that fails holds back those that wait', async () => {
		const played = await generate({
			count: 5,
			plans: [{ nth: 1, outcome: 'failed' }],
			parameters: atMost(1),
		});
		expect(bought(played)).toStrictEqual([0]);
		expect(`${played.error?.message}`).toMatch(/could not make this video/);
	});

	test.concurrent.each([0, -1, 1.5, 'some'])("'%s' is refused", async (value) => {
		const played = await generate({ parameters: atMost(value) });
		expect(`${played.error?.message}`).toMatch(
			new RegExp(
				`^'Maximum Concurrent Requests' must be a whole number above 0 \\(got '${value}'\\)`,
			),
		);
		expect(played.requests).toStrictEqual([]);
	});

	test.concurrent('Create is not concerned', async () => {
		const simulator = { queueMs: 60_000 };
		const played = await play({ operation: 'create', count: 5, simulator, parameters: atMost(1) });
		expect(outcomes(played).good).toHaveLength(5);
	});
});
