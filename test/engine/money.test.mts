import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
const KEEPS = { skip: !keepsOtherItems };
const CONTINUE = ON_ERROR.filter((onError) => onError !== 'stopWorkflow');

describe('ways to lose money', { concurrency: 8 }, () => {
	for (const settings of [{}, RETRY]) {
		const title = 'retryOnFail' in settings ? 'with retry' : 'without retry';

		test(`${title}: nothing is bought when n8n throws for a later item`, async () => {
			const parameters = { prompt: THROWS };
			const played = await play({ operation: 'generate', count: 3, parameters, settings });
			assert.deepEqual(played.requests, []);
			assert.ok(played.error);
		});

		for (const onError of CONTINUE)
			test(
				`${title}, ${onError}: the others are bought when n8n throws for one`,
				KEEPS,
				async () => {
					const all = { ...settings, onError };
					const parameters = { prompt: THROWS };
					const played = await play({ operation: 'create', count: 3, parameters, settings: all });
					assert.deepEqual(played.requests, ['submit', 'submit']);
					tellsEverythingBought(played);
				},
			);

		test(`${title}: nothing is bought when n8n will throw in a later batch`, async () => {
			const parameters = { prompt: THROWS, requestOptions: ONE_BY_ONE };
			const played = await play({ operation: 'generate', count: 2, parameters, settings });
			assert.deepEqual(played.requests, []);
			assert.ok(played.error);
		});

		test(`${title}: items in batches are bought once each`, async () => {
			const parameters = {
				requestOptions: { batching: { batch: { batchSize: 2, batchInterval: 50 } } },
			};
			const faults: Fault[] = [{ on: 'file', status: 500, times: 5 }];
			const played = await play({ operation: 'generate', count: 5, parameters, settings, faults });
			assert.equal(tally(played.requests).submit, 5);
			tellsEverythingBought(played);
		});

		test(`${title}: with Execute Once, one item is bought`, async () => {
			const all = { ...settings, executeOnce: true };
			const faults: Fault[] = [{ on: 'status', error: 404001 }];
			const played = await play({ operation: 'generate', count: 3, settings: all, faults });
			assert.equal(tally(played.requests).submit, 1);
			tellsEverythingBought(played);
		});

		for (const onError of ON_ERROR)
			test(`${title}, ${onError}: combined items make one purchase`, async () => {
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
				assert.deepEqual(played.requests, ['submit']);
				assert.equal(outcomes(played).bad.length, onError === 'stopWorkflow' ? 0 : 1);
				if (onError === 'continueRegularOutput')
					assert.deepEqual(played.items[0].pairedItem, [{ item: 0 }, { item: 1 }, { item: 2 }]);
			});
	}

	for (const onError of ON_ERROR)
		test(`${onError}: a retry repeats nothing of the items that are done`, async () => {
			const settings = { onError, ...RETRY };
			const faults: Fault[] = [{ on: 'file', nth: 1, status: 418 }];
			const played = await play({ operation: 'generate', count: 3, settings, faults });
			assert.deepEqual(
				[tally(played.requests).submit, outcomes(played).good.length >= 2],
				[3, true],
			);
			const downloads = played.simulator.log.filter(({ kind }) => kind === 'file');
			assert.ok(downloads.length <= 4);
			const done = new Set(downloads.map(({ requestId }) => requestId));
			assert.equal(done.size, 3);
			tellsEverythingBought(played);
		});

	test('each run buys anew, also of the same items', async () => {
		const [one, other] = await Promise.all([
			play({ operation: 'create', count: 2 }),
			play({ operation: 'create', count: 2 }),
		]);
		assert.equal(new Set([...one.ids, ...other.ids]).size, 4);
	});

	test('20 items with one that is refused for good end with 20 rows and 19 purchases', async () => {
		const faults: Fault[] = [{ on: 'submit', nth: 7, status: 422 }];
		const settings = { onError: 'continueErrorOutput' } as const;
		const played = await play({ operation: 'create', count: 20, faults, settings });
		assert.equal(played.ids.length, 19);
		assert.deepEqual([played.items.length, played.errorItems.length], [19, 1]);
		tellsEverythingBought(played);
	});

	test('a stop between two tries of Retry On Fail sends nothing more', async () => {
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
		assert.deepEqual(played.requests, ['submit']);
	});
});
