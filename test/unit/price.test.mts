import fc from 'fast-check';
import { estimate } from '../../dist/nodes/RunComfy/resources/video/price.js';
import { FOUR_K, PRO, STANDARD } from '../fixtures/models.mts';

type Inputs = Parameters<typeof estimate>[2];

const perSecond = (base_price_usd: unknown) => ({ base_price_usd, price_unit: 'second' });
const PRICE = perSecond(0.084);

describe('what a video costs', () => {
	const cases: Array<[string, object, Inputs, boolean, number, string]> = [
		[STANDARD, PRICE, { duration: 5 }, false, 0.42, '$0.084 a second × 5 s.'],
		[STANDARD, PRICE, {}, false, 0.42, '$0.084 a second × 5 s.'],
		[STANDARD, PRICE, { duration: 3, sound: false }, false, 0.252, '$0.084 a second × 3 s.'],
		[
			STANDARD,
			PRICE,
			{ duration: 10, sound: true },
			false,
			1.12,
			'$0.084 a second × 10 s × 4/3 with sound.',
		],
		[
			STANDARD,
			PRICE,
			{ duration: 15 },
			true,
			1.89,
			'$0.084 a second × 15 s × 3/2 with a reference video.',
		],
		[
			STANDARD,
			PRICE,
			{ duration: 15, sound: true },
			true,
			1.89,
			'$0.084 a second × 15 s × 3/2 with a reference video.',
		],
		[STANDARD, PRICE, { duration: '7' }, false, 0.588, '$0.084 a second × 7 s.'],
		[STANDARD, perSecond('0.084'), { duration: 5 }, false, 0.42, '$0.084 a second × 5 s.'],
		[STANDARD, perSecond(0.1), { duration: 3 }, false, 0.3, '$0.1 a second × 3 s.'],
		[PRO, perSecond(0.12), { duration: 11 }, false, 1.32, '$0.12 a second × 11 s.'],
		[
			FOUR_K,
			perSecond(0.42),
			{ duration: 5, sound: true },
			false,
			2.1,
			'$0.42 a second × 5 s, sound included.',
		],
		[
			'a/b',
			{ base_price_usd: 0.5, price_unit: 'output' },
			{ duration: 9 },
			false,
			0.5,
			'$0.5 a video.',
		],
	];
	for (const [model, entry, inputs, hasVideo, cost, basis] of cases)
		test(`${model}: ${basis} = $${cost}`, () => {
			const result = estimate(model, entry, inputs, hasVideo);
			expect([result.cost, result.basis]).toStrictEqual([cost, basis]);
		});
});

describe('what is said when a price is not known', () => {
	const none = 'RunComfy gives no price for this model.';
	const cases: Array<[string, object, Inputs, boolean, string]> = [
		[STANDARD, {}, {}, false, none],
		[STANDARD, perSecond(null), {}, false, none],
		[STANDARD, perSecond(-1), {}, false, none],
		[STANDARD, perSecond('on request'), {}, false, none],
		[STANDARD, { base_price_usd: 1, price_unit: 'credit' }, {}, false, none],
		[
			STANDARD,
			PRICE,
			{ duration: 'long' },
			false,
			'The price is per second, and the length of the clip is not known.',
		],
		[PRO, PRICE, { sound: true }, false, 'What sound adds to the price of Pro is not published.'],
		[PRO, PRICE, {}, true, 'What a reference video adds to the price of Pro is not published.'],
		['a/b', PRICE, { sound: true }, false, 'What sound adds to the price of a/b is not published.'],
	];
	for (const [model, entry, inputs, hasVideo, basis] of cases)
		test(`${model}: ${basis}`, () => {
			const result = estimate(model, entry, inputs, hasVideo);
			expect([result.cost, result.basis]).toStrictEqual([undefined, basis]);
		});
});

test('an amount is money: at most 6 decimals, and right to the last of them', () => {
	const micro = fc.integer({ min: 1, max: 20_000_000 });
	const seconds = fc.integer({ min: 3, max: 15 });
	fc.assert(
		fc.property(micro, seconds, fc.boolean(), fc.boolean(), (price, duration, sound, video) => {
			const { cost } = estimate(STANDARD, perSecond(price / 1e6), { duration, sound }, video);
			expect(String(Number(cost).toFixed(6))).toMatch(/^\d+\.\d{6}$/);
			expect(cost).toBe(Number(Number(cost).toFixed(6)));
			const [numerator, denominator] = video ? [3, 2] : sound ? [4, 3] : [1, 1];
			const exact = (price * duration * numerator) / denominator;
			expect(Math.abs(Number(cost) * 1e6 - exact)).toBeLessThanOrEqual(0.5 + 1e-6);
		}),
	);
});
