import { readFileSync } from 'node:fs';
import { media, padded, pngOf } from '../../fixtures/media.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import { PICTURE, dataUri, submit } from './calls.mts';

const ODDITIES = 'simulator/oddities/image-to-image';
const KEYFRAMES = 'simulator/keyframes/image-to-video';

describe('files in any model', () => {
	withSimulator();

	const photo = dataUri('image/jpeg', media('photo.jpg'));
	const oddities = { prompt: 'a', image: photo, style: 'none' };
	const keyframes = (image: unknown) => ({
		camera: { motion: 'pan' },
		keyframes: [{ at: 0, image }],
	});
	const own = (name: string) => `${simulator.url}/references/${name}`;
	const refusedAt = async (body: object, model: string) => {
		const { http, json } = await submit(body, model);
		return http === 200 ? undefined : json.detail[0].loc.slice(1).join('.');
	};

	test('are looked at wherever they stand', async () => {
		for (const wrong of [
			'ftp://example.com/a.png',
			'photo.png',
			'',
			dataUri('image/png', media('photo.jpg')),
		]) {
			expect(await refusedAt({ ...oddities, image: wrong }, ODDITIES)).toBe('image');
			expect(await refusedAt({ ...oddities, masks: [PICTURE, wrong] }, ODDITIES)).toBe('masks.1');
			const inside = await refusedAt(keyframes(wrong), KEYFRAMES);
			expect(inside).toBe('keyframes.0.image');
		}
		expect(await refusedAt({ ...oddities, masks: null }, ODDITIES)).toBeUndefined();
		expect(await refusedAt(keyframes(photo), KEYFRAMES)).toBeUndefined();
	});

	test('sounds are told from pictures', async () => {
		const id = 'wan-ai/wan-2.7/image-to-video';
		const body = { prompt: 'a', image_url: photo };
		const sound = readFileSync(new URL('../../../simulator/media/sound.mp3', import.meta.url));
		expect(
			await refusedAt({ ...body, audio_url: dataUri('audio/mpeg', sound) }, id),
		).toBeUndefined();
		expect(await refusedAt({ ...body, audio_url: own('a.wav') }, id)).toBeUndefined();
		expect(await refusedAt({ ...body, audio_url: dataUri('audio/wav', sound) }, id)).toBe(
			'audio_url',
		);
		expect(await refusedAt({ ...body, audio_url: photo }, id)).toBe('audio_url');
		expect(await refusedAt({ ...body, image_url: dataUri('audio/mpeg', sound) }, id)).toBe(
			'image_url',
		);
	});

	const sized = (width: number, height: number) => dataUri('image/png', pngOf(width, height));
	const validated: Array<[string, () => string, string | undefined]> = [
		['a photo', () => photo, undefined],
		['one of this machine', () => own('a.jpg'), undefined],
		['300 × 300', () => sized(300, 300), undefined],
		['299 wide', () => sized(299, 400), 'width_pixels>'],
		['299 high', () => sized(400, 299), 'height_pixels>'],
		['6001 wide', () => sized(6001, 3000), 'width_pixels<'],
		['too narrow', () => sized(400, 1000), 'width/height>'],
		['too wide', () => sized(2500, 1000), 'width/height<'],
		[
			'lossless WebP, too narrow',
			() => dataUri('image/webp', media('lossless.webp')),
			'width/height>',
		],
		['lossy WebP', () => dataUri('image/webp', media('lossy.webp')), undefined],
		['extended WebP', () => dataUri('image/webp', media('extended.webp')), undefined],
		[
			'no more than a signature',
			() => dataUri('image/png', media('photo.png').subarray(0, 8)),
			undefined,
		],
	];
	for (const [name, image, rule] of validated)
		test(`validations: ${name} breaks ${rule ?? 'none'}`, async () => {
			const { http, json } = await submit({ ...oddities, image: image() }, ODDITIES);
			expect(http).toBe(rule ? 422 : 200);
			if (rule) expect(json.detail[0].type).toBe(rule);
		});

	test('validations: a megabyte is a million bytes, and a limit is not reached', async () => {
		const large = (bytes: number) => dataUri('image/png', padded('photo.png', bytes));
		const { json } = await submit({ ...oddities, image: large(5_000_000) }, ODDITIES);
		expect(json.detail).toStrictEqual([
			{ loc: ['body', 'image'], msg: 'File size must be less than 5 MB.', type: 'file_size_mb<' },
		]);
		expect(await refusedAt({ ...oddities, image: large(4_999_999) }, ODDITIES)).toBeUndefined();
	});
});
