import type { Fault } from '../../simulator/index.mts';
import { until } from '../support/until.mts';
import { outcomes, tellsEverythingBought } from './checks.mts';
import { keepsOtherItems } from './n8n.mts';
import { ON_ERROR, play, RETRY, tally } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

/** n8n itself throws for the second item, before the node is asked about it. */
const THROWS = '={{ $json.at === 1 ? $("Nowhere").item.json.x : "Figure 1 waves" }}';
const ONE_BY_ONE = { batching: { batch: { batchSize: 1, batchInterval: 2500 } } };
/** What happens on others is in the tests of refusals. */
const testOfKeeping = keepsOtherItems ? test.concurrent : test.skip;
const CONTINUE = ON_ERROR.filter((onError) => onError !== 'stopWorkflow');

describe('ways to lose money', () => {
	for (const settings of [{}, RETRY]) {
		const title = 'retryOnFail' in settings ? 'with retry' : 'without retry';

		test.concurrent(`${title}: nothing is bought when n8n throws for a later item`, async () => {
			const parameters = { prompt: THROWS };
			const played = await play({ operation: 'generate', count: 3, parameters, settings });
			expect(played.requests).toStrictEqual([]);
			expect(played.error).toBeTruthy();
		});

		for (const onError of CONTINUE)
			testOfKeeping(
				`${title}, ${onError}: the others are bought when n8n throws for one`,
				async () => {
					const all = { ...settings, onError };
					const parameters = { prompt: THROWS };
					const played = await play({ operation: 'create', count: 3, parameters, settings: all });
					expect(played.requests).toStrictEqual(['submit', 'submit']);
					tellsEverythingBought(played);
				},
			);

		test.concurrent(
			`${title}: nothing is bought when n8n will throw in a later batch`,
			async () => {
				const parameters = { prompt: THROWS, requestOptions: ONE_BY_ONE };
				const played = await play({ operation: 'generate', count: 2, parameters, settings });
				expect(played.requests).toStrictEqual([]);
				expect(played.error).toBeTruthy();
			},
		);

		test.concurrent(`${title}: items in batches are bought once each`, async () => {
			const parameters = {
				requestOptions: { batching: { batch: { batchSize: 2, batchInterval: 50 } } },
			};
			const faults: Fault[] = [{ on: 'file', status: 500, times: 5 }];
			const played = await play({ operation: 'generate', count: 5, parameters, settings, faults });
			expect(tally(played.requests).submit).toBe(5);
			tellsEverythingBought(played);
		});

		test.concurrent(`${title}: with Execute Once, one item is bought`, async () => {
			const all = { ...settings, executeOnce: true };
			const faults: Fault[] = [{ on: 'status', error: 404001 }];
			const played = await play({ operation: 'generate', count: 3, settings: all, faults });
			expect(tally(played.requests).submit).toBe(1);
			tellsEverythingBought(played);
		});

		test.concurrent.each(ON_ERROR)(
			`${title}, %s: combined items make one purchase`,
			async (onError) => {
				const all = { ...settings, onError };
				const parameters = { inputItems: 'combine' };
				const faults: Fault[] = [{ on: 'submit', reset: true, after: true }];
				const played = await play({
					operation: 'generate',
					count: 3,
					settings: all,
					faults,
					parameters,
				});
				expect(played.requests).toStrictEqual(['submit']);
				expect(outcomes(played).bad.length).toBe(onError === 'stopWorkflow' ? 0 : 1);
				if (onError === 'continueRegularOutput')
					expect(played.items[0].pairedItem).toStrictEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
			},
		);
	}

	test.concurrent.each(ON_ERROR)(
		'%s: a retry repeats nothing of the items that are done',
		async (onError) => {
			const settings = { onError, ...RETRY };
			const faults: Fault[] = [{ on: 'file', nth: 1, status: 418 }];
			const played = await play({ operation: 'generate', count: 3, settings, faults });
			expect([tally(played.requests).submit, outcomes(played).good.length >= 2]).toStrictEqual([
				3,
				true,
			]);
			const downloads = played.simulator.log.filter(({ kind }) => kind === 'file');
			expect(downloads.length).toBeLessThanOrEqual(4);
			const done = new Set(downloads.map(({ requestId }) => requestId));
			expect(done.size).toBe(3);
			tellsEverythingBought(played);
		},
	);

	test.concurrent('each run buys anew, also of the same items', async () => {
		const [one, other] = await Promise.all([
			play({ operation: 'create', count: 2 }),
			play({ operation: 'create', count: 2 }),
		]);
		expect(new Set([...one.ids, ...other.ids]).size).toBe(4);
	});

	test.concurrent(
		'20 items with one that is refused for good end with 20 rows and 19 purchases',
		async () => {
			const faults: Fault[] = [{ on: 'submit', nth: 7, status: 422 }];
			const settings = { onError: 'continueErrorOutput' } as const;
			const played = await play({ operation: 'create', count: 20, faults, settings });
			expect(played.ids).toHaveLength(19);
			expect([played.items.length, played.errorItems.length]).toStrictEqual([19, 1]);
			tellsEverythingBought(played);
		},
	);

	test.concurrent('a stop between two tries of Retry On Fail sends nothing more', async () => {
		const faults: Fault[] = [{ on: 'submit', times: -1, error: 400002 }];
		const played = await play({
			operation: 'create',
			faults,
			settings: { ...RETRY, waitBetweenTries: 500 },
			meanwhile: async ({ stop, simulator }) => {
				const isAnswered = () => simulator.log.some(({ answered }) => answered);
				await until('the submit is answered', isAnswered, { everyMs: 5 });
				setTimeout(stop, 100);
			},
		});
		expect(played.requests).toStrictEqual(['submit']);
	});
});
