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
		expect(messageOf(await create(limit(1.26), three()))).toBe('');
		expect(kinds()).toStrictEqual(['model', 'submit', 'submit', 'submit']);
	});

	test('above it nothing is bought', async () => {
		expect(messageOf(await create(limit(1.25), three()))).toBe(TOO_MUCH);
		expect(kinds()).toStrictEqual(['model']);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'above it nothing is bought, %s',
		async (onError) => {
			const outcome = await create(limit(1.25), three(), { settings: { onError } });
			const errors = errorsOf([...outcome.items, ...outcome.errorItems]);
			expect(errors).toHaveLength(3);
			for (const error of errors) expect(String(error).slice(0, TOO_MUCH.length)).toBe(TOO_MUCH);
			expect(kinds()).toStrictEqual(['model']);
		},
	);

	test('what cannot be sent does not count', async () => {
		const items = [item(), item({}, { duration: 99 }), item()];
		const settings = { onError: 'continueRegularOutput' } as const;
		const outcome = await create(limit(0.84), items, { settings });
		expect(errorsOf(outcome.items).filter(Boolean)).toHaveLength(1);
		expect(submits()).toHaveLength(2);
	});

	test('a video alone above it', async () => {
		expect(messageOf(await create(limit(0.4)))).toMatch(
			/^This order would cost \$0\.42 \(.*\), but 'Maximum Run Cost \(USD\)' is \$0\.4\./,
		);
		expect(submits()).toHaveLength(0);
	});

	test('a price that is unknown', async () => {
		simulator.addFaults({ on: 'model', error: 404001 });
		const message = messageOf(await create(limit(9), three()));
		expect(message).toMatch(/'Maximum Run Cost \(USD\)' is \$9, but the price could not be read/);
		expect(submits()).toHaveLength(0);
	});

	test('no number', async () => {
		expect(messageOf(await create(limit('cheap')))).toMatch(
			/^'Maximum Run Cost \(USD\)' must be a number above 0 \(got 'cheap'\)/,
		);
		expect(kinds()).toStrictEqual([]);
	});

	test('all items together are one video', async () => {
		expect(messageOf(await create({ ...limit(0.42), inputItems: 'combine' }, three()))).toBe('');
		expect(submits()).toHaveLength(1);
	});

	test('with batches, each batch counts what went before', async () => {
		const outcome = await oneByOne(50);
		expect(submits()).toHaveLength(2);
		expect(String(errorsOf(outcome.items)[2])).toMatch(
			/^The order of this run would cost \$0\.42 more, after \$0\.84 that this run has spent, but/,
		);
	});

	test('a batch that comes before the first one is sent counts what that will cost', async () => {
		simulator.addFaults({ on: 'model', delayMs: 300, times: 1 });
		const outcome = await oneByOne(10);
		expect(submits()).toHaveLength(2);
		expect(String(errorsOf(outcome.items)[2])).toMatch(
			/^The order of this run would cost \$0\.42 more, after \$0\.84 that this run has spent, but/,
		);
	});

	test('a batch does not count what was refused before it', async () => {
		simulator.addFaults({ on: 'submit', status: 422, times: 1 });
		const outcome = await oneByOne(300);
		expect(errorsOf(outcome.items).filter(Boolean)).toHaveLength(1);
		expect(simulator.jobs.size).toBe(2);
	});

	test('a retry counts what was bought before it', async () => {
		simulator.addFaults({ on: 'submit', error: 400002, skip: 1, times: 1 });
		const outcome = await create(limit(0.84), [item(), item()], { settings: RETRY });
		expect(messageOf(outcome)).toBe('');
		expect(submits()).toHaveLength(3);
		expect(simulator.jobs.size).toBe(2);
	});

	test('is no matter of Estimate Cost', async () => {
		const outcome = await create({ ...limit(0.01), operation: 'estimateCost' }, three());
		expect(outcome.items.map(({ json }) => json.estimated_cost_usd)).toStrictEqual([
			0.42, 0.42, 0.42,
		]);
	});
});
