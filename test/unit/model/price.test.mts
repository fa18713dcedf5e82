import { estimate } from '../../../dist/nodes/RunComfy/resources/model/price.js';
import { fieldsOf } from '../../../dist/nodes/RunComfy/resources/model/schema.js';
import { allModels } from '../../../simulator/models.mts';

const models = allModels();

const priceOf = (modelId: string, input: Record<string, unknown>, entry: object = {}) => {
	const { record } = models.get(modelId)!;
	return estimate({ ...record, ...entry }, fieldsOf(record.input_schema)!, input);
};

const FLUX = 'blackforestlabs/flux-2/flash/text-to-image';
const WAN_IMAGES = 'wan-ai/wan-2.7/text-to-image';
const MUSIC = 'elevenlabs/elevenlabs/music-generation';
const KLING = 'kling/kling-3.0/pro/text-to-video';
const SEEDANCE = 'bytedance/seedance-2.0-mini/video-to-video';

describe('what an order of any model costs', () => {
	const known: Array<[string, Record<string, unknown>, object, number]> = [
		[FLUX, {}, { base_price_usd: 0.02 }, 0.02],
		[WAN_IMAGES, {}, { base_price_usd: 0.03 }, 0.03],
		[WAN_IMAGES, { max_images: 4 }, { base_price_usd: 0.03 }, 0.12],
		[MUSIC, {}, { base_price_usd: 0.0083 }, 0.332],
		[MUSIC, { music_length_ms: 6000 }, { base_price_usd: 0.0083 }, 0.0498],
		[KLING, { sound: false }, { base_price_usd: 0.112 }, 0.56],
		[KLING, { sound: false, duration: 10 }, { base_price_usd: 0.112 }, 1.12],
		[FLUX, {}, { base_price_usd: 0 }, 0],
	];
	for (const [modelId, input, entry, cost] of known)
		test(`${modelId} ${JSON.stringify(input)}: $${cost}`, () => {
			const price = priceOf(modelId, input, entry);
			expect(price.cost).toBe(cost);
			expect([price.basis, price.isLeast]).toStrictEqual([price.basis, undefined]);
		});

	test('is the least where an input may add to it', () => {
		const sound = priceOf(KLING, {}, { base_price_usd: 0.112 });
		expect([sound.cost, sound.isLeast]).toStrictEqual([0.56, true]);
		expect(sound.basis).toMatch(/what 'Sound' may add to it is not published/);
		const resolution = priceOf('wan-ai/wan-2.7/image-to-video', { resolution: '720p' });
		expect(resolution.isLeast).toBeUndefined();
		expect(priceOf('wan-ai/wan-2.7/image-to-video', {}).isLeast).toBe(true);
	});

	test('is not known without a price, a unit that counts, or a length', () => {
		const cases: Array<[string, Record<string, unknown>, object, RegExp]> = [
			[FLUX, {}, { base_price_usd: undefined }, /gives no price/],
			[FLUX, {}, { price_unit: undefined }, /gives no price/],
			[FLUX, {}, { price_unit: 'megapixel' }, /per megapixel, and how many/],
			['lightricks/ltx-2.5/image-to-video/fast', { duration: 'auto' }, {}, /how long/],
			['kling/kling/lipsync/text-to-video', { video_url: '' }, {}, /how long|no price/],
			[SEEDANCE, { video: '' }, {}, /how long/],
		];
		for (const [modelId, input, entry, basis] of cases) {
			const price = priceOf(modelId, input, entry);
			expect([modelId, price.cost]).toStrictEqual([modelId, undefined]);
			expect(price.basis).toMatch(basis);
		}
	});
});
