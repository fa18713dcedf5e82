import type { IDataObject } from 'n8n-workflow';
import { FOUR_K, PRO, STANDARD } from '../fixtures/models.mts';
import { withSimulator } from '../support/simulator.mts';
import { bodies, create, images, item, messageOf, submits } from './buying.mts';

withSimulator();

const PICTURE = 'https://example.com/a.png';
const CLIP = { referenceVideo: 'url', videoUrl: 'https://example.com/a.mp4' };
/** What the form's own defaults put into a body. */
const FORM = { prompt: 'a cat', aspect_ratio: '16:9', duration: 5 };
const SHOTS = {
	segment: [
		{ prompt: 'Figure 1 sleeps', duration: 2 },
		{ prompt: 'Figure 1 wakes', duration: 3 },
	],
};
const AS_SHEET = {
	duration: '7',
	ratio: '9:16',
	sound: 'TRUE',
};

describe('the body of a submit, to the last field', () => {
	const cases: Array<[string, IDataObject, object]> = [
		['a form as it opens', {}, FORM],
		[
			'expressions that yield nothing',
			{ duration: '={{ $json.no }}', aspectRatio: '={{ "" }}' },
			{ prompt: 'a cat' },
		],
		[
			'cells of a sheet',
			{
				duration: '={{ $json.duration }}',
				aspectRatio: '={{ $json.ratio }}',
				options: {
					sound: '={{ $json.sound }}',
					multiPrompt: { segment: [{ prompt: 'x', duration: '={{ $json.duration }}' }] },
				},
			},
			{
				...FORM,
				duration: 7,
				aspect_ratio: '9:16',
				sound: true,
				multi_prompt: [{ prompt: 'x', duration: 7 }],
			},
		],
		[
			'Standard with everything',
			{
				...CLIP,
				referenceImages: images(PICTURE),
				options: {
					sound: true,
					keepOriginalSound: false,
					shotType: 'intelligent',
					multiPrompt: SHOTS,
				},
			},
			{
				...FORM,
				sound: true,
				keep_original_sound: false,
				shot_type: 'intelligent',
				multi_prompt: SHOTS.segment,
				images: [PICTURE],
				video: CLIP.videoUrl,
			},
		],
		['Pro with its shot type', { model: PRO }, { ...FORM, shot_type: 'customize' }],
		[
			'Pro with the shot type of the form',
			{
				model: PRO,
				referenceImages: images(PICTURE),
				options: { shotType: 'intelligent', multiPrompt: SHOTS },
			},
			{
				...FORM,
				shot_type: 'intelligent',
				multi_prompt: SHOTS.segment,
				images: [PICTURE],
			},
		],
		[
			'4K with shots and sound',
			{
				model: FOUR_K,
				referenceImages: images(PICTURE),
				options: { multiPrompt: SHOTS, sound: false },
			},
			{ ...FORM, sound: false, multi_prompt: SHOTS.segment, images: [PICTURE] },
		],
		[
			'additional input last',
			{
				referenceImages: images(PICTURE),
				options: { additionalInput: '{"seed":7,"duration":9,"images":[]}' },
			},
			{ ...FORM, duration: 9, seed: 7, images: [] },
		],
	];
	test.each(cases)('%s', async (_title, parameters, body) => {
		const outcome = await create(parameters, [item({}, AS_SHEET)]);
		expect(messageOf(outcome)).toBe('');
		expect(bodies()).toStrictEqual([body]);
	});

	test('what additional input replaces is said', async () => {
		const options = { additionalInput: { images: [PICTURE, PICTURE], video: CLIP.videoUrl } };
		const { items } = await create({
			...CLIP,
			prompt: 'Figure 2',
			referenceImages: images(PICTURE),
			options,
		});
		expect(items[0].json.references).toStrictEqual([]);
		expect(items[0].json.warnings).toStrictEqual([
			"'Additional Input (JSON)' is sent instead of 'Reference Images'.",
			"'Additional Input (JSON)' is sent instead of 'Reference Video'.",
		]);
	});

	test('awkward text arrives as it is', async () => {
		const prompt = 'Zoë "says"\t\\ </script>\u2028\u0000\ud83d\udc08 e\u0301 \u202eabc';
		await create({ prompt: '={{ $json.text }}' }, [item({}, { text: prompt })]);
		expect(bodies()[0].prompt).toBe(prompt);
		expect(submits()[0].contentLength).toBe(submits()[0].bodyBytes);
	});
});

describe('models', () => {
	test('each goes to its own address', async () => {
		for (const model of [STANDARD, PRO, FOUR_K]) await create({ model });
		expect(submits().map(({ modelId }) => modelId)).toStrictEqual([STANDARD, PRO, FOUR_K]);
	});

	test('another one by expression', async () => {
		const outcome = await create({
			...CLIP,
			model: '={{ "kling/kling-video-o4/reference-to-video" }}',
		});
		expect(submits()[0].path).toBe('/v1/models/kling/kling-video-o4/reference-to-video');
		expect(messageOf(outcome)).toMatch(/model/i);
	});

	const refusals: Array<[IDataObject, RegExp]> = [
		[
			{ model: '={{ "../../x" }}' },
			/^'Model' must be a model ID such as kling\/.* \(got '..\/..\/x'\)/,
		],
		[{ model: '={{ "" }}' }, /^'Model' must be a model ID .*\(got ''\)/],
		[{ model: '={{ undefined }}' }, /^'Model' must be a model ID .*\(got ''\)/],
		[{ ...CLIP, model: FOUR_K }, /^4K doesn't take a reference video/],
		[{ ...CLIP, model: PRO, options: { sound: true } }, /^Pro can't make sound beside/],
	];
	for (const [parameters, message] of refusals)
		test(String(message), async () => {
			expect(messageOf(await create(parameters))).toMatch(message);
			expect(submits()).toHaveLength(0);
		});
});
