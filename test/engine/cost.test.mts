import type { IDataObject } from 'n8n-workflow';
import { PRO, STANDARD } from '../fixtures/models.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { create, images, item, messageOf, submits } from './buying.mts';

withSimulator();

const limit = (maxCostUsd: unknown, more: IDataObject = {}) => ({
	options: { maxCostUsd: maxCostUsd as number, ...more },
});
const CLIP = { referenceVideo: 'url', videoUrl: 'https://example.com/a.mp4' };
const kinds = () => simulator.log.map(({ kind }) => kind);

describe('a limit on what one video may cost', () => {
	test.each([0.42, 0.43, '0.42', 7])('$0.42 is within %s', async (max) => {
		expect(messageOf(await create(limit(max)))).toBe('');
		expect(kinds()).toStrictEqual(['model', 'submit']);
	});

	for (const max of ['', undefined, '={{ null }}'])
		test(`no limit is set by ${JSON.stringify(max)}`, async () => {
			await create(limit(max));
			expect(kinds()).toStrictEqual(['submit']);
		});

	const field = "'Maximum Cost (USD)'";
	const cases: Array<[IDataObject, string]> = [
		[
			limit(0.41),
			`This order would cost $0.42 ($0.084 a second × 5 s), but ${field} is $0.41. Raise the limit, or change the inputs.`,
		],
		[
			limit(0.5, { sound: true }),
			`This order would cost $0.56 ($0.084 a second × 5 s × 4/3 with sound), but ${field} is $0.5. Raise the limit, or change the inputs.`,
		],
		[
			{ ...CLIP, ...limit(0.5) },
			`This order would cost $0.63 ($0.084 a second × 5 s × 3/2 with a reference video), but ${field} is $0.5. Raise the limit, or change the inputs.`,
		],
		[
			limit(0.5, { additionalInput: '{"duration": 6}' }),
			`This order would cost $0.504 ($0.084 a second × 6 s), but ${field} is $0.5. Raise the limit, or change the inputs.`,
		],
		[
			limit(0.5, { additionalInput: '{"video": "https://example.com/a.mp4"}' }),
			`This order would cost $0.63 ($0.084 a second × 5 s × 3/2 with a reference video), but ${field} is $0.5. Raise the limit, or change the inputs.`,
		],
		[
			{ model: PRO, ...limit(9, { sound: true }) },
			`${field} is $9, but what this order costs is unknown: What sound adds to the price of Pro is not published. Remove the limit, or change the inputs.`,
		],
		[limit('cheap'), `${field} must be a number above 0 (got 'cheap').`],
		[limit(0), `${field} must be a number above 0 (got '0').`],
	];
	for (const [parameters, message] of cases)
		test(message, async () => {
			expect(messageOf(await create(parameters))).toBe(message);
			expect(submits()).toHaveLength(0);
		});

	test('refuses when the catalogue gives no price', async () => {
		simulator.addFaults({ on: 'model', merge: { base_price_usd: null } });
		const outcome = await create(limit(9));
		expect(messageOf(outcome)).toMatch(
			/costs is unknown: RunComfy gives no price for this model\./,
		);
		expect(submits()).toHaveLength(0);
	});

	test('refuses when the price cannot be read', async () => {
		simulator.addFaults({ on: 'model', error: 404001 });
		const outcome = await create(limit(9));
		expect(messageOf(outcome)).toMatch(
			/^'Maximum Cost \(USD\)' is \$9, but the price could not be read: /,
		);
		expect(messageOf(outcome)).toMatch(/Run again when that has changed, or remove the limit\.$/);
		expect(submits()).toHaveLength(0);
	});

	test('the price is read once for all items', async () => {
		await create(limit(9), [item(), item(), item()]);
		expect(kinds().filter((kind) => kind === 'model')).toHaveLength(1);
		expect(submits()).toHaveLength(3);
	});

	test('one item above it keeps all from being bought', async () => {
		const items = [5, 15].map((duration) => item({}, { duration }));
		const outcome = await create({ ...limit(1), duration: '={{ $json.duration }}' }, items);
		expect(messageOf(outcome)).toMatch(
			/because 1 item needs a change\. Item 1: This order would cost \$1\.26/,
		);
		expect(submits()).toHaveLength(0);
	});
});

describe('Estimate Cost', () => {
	const estimate = async (parameters: IDataObject, items = [item()]) =>
		await create({ operation: 'estimateCost', ...parameters }, items);

	test('gives the live price times the inputs', async () => {
		const parameters = {
			duration: 10,
			options: { sound: true },
			referenceImages: images('https://example.com/a.png'),
		};
		const { items } = await estimate({ ...parameters, prompt: 'Figure 0' });
		expect(items[0].json).toStrictEqual({
			model_id: STANDARD,
			estimated_cost_usd: 1.12,
			base_price_usd: 0.084,
			price_unit: 'second',
			basis: '$0.084 a second × 10 s × 4/3 with sound.',
			references: [{ figure: 1, kind: 'image', from: 'url', sent: 'url' }],
			warnings: ['The prompt names Figure 0. Figures are counted from 1.'],
		});
		expect(items[0].pairedItem).toStrictEqual({ item: 0 });
		expect(kinds()).toStrictEqual(['model']);
	});

	test('says what is not known', async () => {
		const { items } = await estimate({ ...CLIP, model: PRO });
		const { estimated_cost_usd, base_price_usd, basis } = items[0].json;
		expect([estimated_cost_usd, base_price_usd]).toStrictEqual([null, 0.12]);
		expect(basis).toBe('What a reference video adds to the price of Pro is not published.');
	});

	test('gives one estimate for all items together', async () => {
		const { items } = await estimate({ inputItems: 'combine' }, [item(), item()]);
		expect(items).toHaveLength(1);
		expect(items[0].pairedItem).toStrictEqual([{ item: 0 }, { item: 1 }]);
	});

	test('checks what it is given, and buys nothing', async () => {
		const outcome = await estimate({ duration: '={{ 99 }}' });
		expect(messageOf(outcome)).toMatch(/^'Duration \(Seconds\)' must be .* \(got '99'\)/);
		expect(submits()).toHaveLength(0);
	});

	test('is no place for a limit', async () => {
		const { items } = await estimate(limit(0.01));
		expect(items[0]?.json.estimated_cost_usd).toBe(0.42);
	});
});
