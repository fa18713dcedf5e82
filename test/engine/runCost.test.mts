import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { simulator, withSimulator } from '../support/simulator.mts';
import { create, item, messageOf, submits } from './buying.mts';
import { RETRY } from './scenario.mts';

withSimulator();

const limit = (maxRunCostUsd: unknown, more: IDataObject = {}) => ({
	duration: '={{ $json.duration ?? 5 }}',
	options: { maxRunCostUsd: maxRunCostUsd as number, ...more },
});
const three = () => [item(), item(), item()];
/** Three items under a limit of $1, each a batch of its own, with so many ms between them. */
const oneByOne = async (batchInterval: number) => {
	const batching = { batch: { batchSize: 1, batchInterval } };
	const settings = { onError: 'continueRegularOutput' } as const;
	return await create({ ...limit(1), requestOptions: { batching } }, three(), { settings });
};
const kinds = () => simulator.log.map(({ kind }) => kind);
const errorsOf = (items: Array<{ json: IDataObject }>) =>
	items.map(({ json }) => (json.error as IDataObject | undefined)?.message ?? '');

const TOO_MUCH =
	"The 3 orders of this run would cost $1.26, but 'Maximum Run Cost (USD)' is $1.25.";

describe('a limit on what all items may cost together', () => {
	test('is met by its exact sum, and the price is read once', async () => {
		assert.equal(messageOf(await create(limit(1.26), three())), '');
		assert.deepEqual(kinds(), ['model', 'submit', 'submit', 'submit']);
	});

	test('above it nothing is bought', async () => {
		assert.equal(messageOf(await create(limit(1.25), three())), TOO_MUCH);
		assert.deepEqual(kinds(), ['model']);
	});

	for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const)
		test(`above it nothing is bought, ${onError}`, async () => {
			const outcome = await create(limit(1.25), three(), { settings: { onError } });
			const errors = errorsOf([...outcome.items, ...outcome.errorItems]);
			assert.equal(errors.length, 3);
			for (const error of errors) assert.ok(String(error).startsWith(TOO_MUCH), String(error));
			assert.deepEqual(kinds(), ['model']);
		});

	test('what cannot be sent does not count', async () => {
		const items = [item(), item({}, { duration: 99 }), item()];
		const settings = { onError: 'continueRegularOutput' } as const;
		const outcome = await create(limit(0.84), items, { settings });
		assert.equal(errorsOf(outcome.items).filter(Boolean).length, 1);
		assert.equal(submits().length, 2);
	});

	test('a video alone above it', async () => {
		assert.match(
			messageOf(await create(limit(0.4))),
			/^This order would cost \$0\.42 \(.*\), but 'Maximum Run Cost \(USD\)' is \$0\.4\./,
		);
		assert.equal(submits().length, 0);
	});

	test('a price that is unknown', async () => {
		simulator.addFaults({ on: 'model', error: 404001 });
		const message = messageOf(await create(limit(9), three()));
		assert.match(message, /'Maximum Run Cost \(USD\)' is \$9, but the price could not be read/);
		assert.equal(submits().length, 0);
	});

	test('no number', async () => {
		assert.match(
			messageOf(await create(limit('cheap'))),
			/^'Maximum Run Cost \(USD\)' must be a number above 0 \(got 'cheap'\)/,
		);
		assert.deepEqual(kinds(), []);
	});

	test('all items together are one video', async () => {
		assert.equal(messageOf(await create({ ...limit(0.42), inputItems: 'combine' }, three())), '');
		assert.equal(submits().length, 1);
	});

	test('with batches, each batch counts what went before', async () => {
		const outcome = await oneByOne(50);
		assert.equal(submits().length, 2);
		assert.match(
			String(errorsOf(outcome.items)[2]),
			/^The order of this run would cost \$0\.42 more, after \$0\.84 that this run has spent, but/,
		);
	});

	test('a batch that comes before the first one is sent counts what that will cost', async () => {
		simulator.addFaults({ on: 'model', delayMs: 300, times: 1 });
		const outcome = await oneByOne(10);
		assert.equal(submits().length, 2);
		assert.match(
			String(errorsOf(outcome.items)[2]),
			/^The order of this run would cost \$0\.42 more, after \$0\.84 that this run has spent, but/,
		);
	});

	test('a batch does not count what was refused before it', async () => {
		simulator.addFaults({ on: 'submit', status: 422, times: 1 });
		const outcome = await oneByOne(300);
		assert.equal(errorsOf(outcome.items).filter(Boolean).length, 1);
		assert.equal(simulator.jobs.size, 2);
	});

	test('a retry counts what was bought before it', async () => {
		simulator.addFaults({ on: 'submit', error: 400002, skip: 1, times: 1 });
		const outcome = await create(limit(0.84), [item(), item()], { settings: RETRY });
		assert.equal(messageOf(outcome), '');
		assert.equal(submits().length, 3);
		assert.equal(simulator.jobs.size, 2);
	});

	test('is no matter of Estimate Cost', async () => {
		const outcome = await create({ ...limit(0.01), operation: 'estimateCost' }, three());
		assert.deepEqual(
			outcome.items.map(({ json }) => json.estimated_cost_usd),
			[0.42, 0.42, 0.42],
		);
	});
});
