import { isModelId } from '../../dist/nodes/RunComfy/api/ids.js';
import { modelInputs } from '../../dist/nodes/RunComfy/resources/video/inputs.js';
import { FOUR_K, PRO, STANDARD } from '../fixtures/models.mts';

type Parameters = Partial<globalThis.Parameters<typeof modelInputs>[0]>;

const OTHER = 'kling/kling-video-o4/reference-to-video';

const checked = (given: Parameters) =>
	modelInputs({
		modelId: STANDARD,
		prompt: 'a cat',
		aspectRatio: undefined,
		duration: undefined,
		options: {},
		hasVideo: false,
		...given,
	});

const shots = (...durations: unknown[]) => ({
	segment: durations.map((duration) => ({ prompt: 'a cat', duration })),
});

describe('what is sent', () => {
	const cases: Array<[string, Parameters, object]> = [
		['nothing that is not set', {}, { prompt: 'a cat' }],
		[
			'nothing for empty cells of a sheet',
			{
				aspectRatio: '',
				duration: ' ',
				options: { sound: '', shotType: null, additionalInput: '' },
			},
			{ prompt: 'a cat' },
		],
		['the prompt as it is', { prompt: ' a\n🐈 ' }, { prompt: ' a\n🐈 ' }],
		['a prompt of 2500 characters', { prompt: '🐈'.repeat(2500) }, { prompt: '🐈'.repeat(2500) }],
		['a number as prompt', { prompt: 1984 }, { prompt: '1984' }],
		[
			'numbers and booleans from text',
			{ duration: '5', options: { sound: 'TRUE' } },
			{ prompt: 'a cat', duration: 5, sound: true },
		],
		['false too', { options: { sound: false } }, { prompt: 'a cat', sound: false }],
		['the shortest clip', { duration: 3 }, { prompt: 'a cat', duration: 3 }],
		['the longest clip', { duration: 15 }, { prompt: 'a cat', duration: 15 }],
		[
			'original sound beside a video',
			{ hasVideo: true, options: { keepOriginalSound: 'false' } },
			{ prompt: 'a cat', keep_original_sound: false },
		],
		[
			'no original sound without one',
			{ options: { keepOriginalSound: true } },
			{ prompt: 'a cat' },
		],
		[
			'the shot type, always for Pro',
			{ modelId: PRO },
			{ prompt: 'a cat', shot_type: 'customize' },
		],
		[
			'the shot type that was chosen',
			{ modelId: PRO, options: { shotType: 'intelligent' } },
			{ prompt: 'a cat', shot_type: 'intelligent' },
		],
		['no shot type for a model not known', { modelId: OTHER }, { prompt: 'a cat' }],
		[
			'a video to a model not known',
			{ modelId: OTHER, hasVideo: true, options: { sound: true } },
			{ prompt: 'a cat', sound: true },
		],
		...[STANDARD, FOUR_K, OTHER].map((modelId): [string, Parameters, object] => [
			`shots to ${modelId}`,
			{ modelId, duration: 5, options: { multiPrompt: shots(2, '3') } },
			{
				prompt: 'a cat',
				duration: 5,
				multi_prompt: [
					{ prompt: 'a cat', duration: 2 },
					{ prompt: 'a cat', duration: 3 },
				],
			},
		]),
		['no shots for an empty list', { options: { multiPrompt: {} } }, { prompt: 'a cat' }],
		[
			'additional input last',
			{ duration: 5, options: { additionalInput: '{"duration": 7, "seed": null}' } },
			{ prompt: 'a cat', duration: 7, seed: null },
		],
		[
			'of additional input what JSON knows',
			{ options: { additionalInput: { a: undefined, b: new Date(0) as never } } },
			{ prompt: 'a cat', b: '1970-01-01T00:00:00.000Z' },
		],
		[
			'additional input as an object',
			{ options: { additionalInput: { a: [1] } } },
			{ prompt: 'a cat', a: [1] },
		],
	];
	test.each(cases)('%s', (_title, given, inputs) => {
		const result = checked(given);
		expect(result.issues).toStrictEqual([]);
		expect(result.inputs).toStrictEqual(inputs);
	});
});

describe('what is refused', () => {
	const list = "'Multi-Shot Prompt'";
	const duration = (value: string) =>
		`'Duration (Seconds)' must be a whole number from 3 to 15 (got '${value}')`;
	const boolean = (field: string, value: string) =>
		`'${field}' must be true or false (got '${value}')`;
	const json = (value: string) =>
		`'Additional Input (JSON)' must be a JSON object such as {"shot_type": "intelligent"} (got '${value}')`;
	const cases: Array<[Parameters, ...string[]]> = [
		[{ prompt: '' }, "'Prompt' is empty. Write what happens in the clip"],
		[{ prompt: ' \n' }, "'Prompt' is empty. Write what happens in the clip"],
		[{ prompt: undefined }, "'Prompt' is empty. Write what happens in the clip"],
		[{ prompt: { a: 1 } }, `'Prompt' must be text (got '{"a":1}'). Check the expression`],
		[{ prompt: 'x'.repeat(2501) }, "'Prompt' has 2501 characters; the limit is 2500. Shorten it"],
		...['2', '16', '4.5', 'five', 'true', '-5'].map((value): [Parameters, string] => [
			{ duration: value },
			duration(value),
		]),
		[{ duration: true }, duration('true')],
		[{ aspectRatio: '4:3' }, "'Aspect Ratio' must be one of 16:9, 9:16, 1:1 (got '4:3')"],
		[
			{ options: { shotType: 'smart' } },
			"'Shot Type' must be one of customize, intelligent (got 'smart')",
		],
		[{ options: { sound: 'yes' } }, boolean('Sound', 'yes')],
		[{ options: { keepOriginalSound: 1 }, hasVideo: true }, boolean('Keep Original Sound', '1')],
		[{ options: { additionalInput: '{"a":' } }, json('{"a":')],
		[{ options: { additionalInput: '[1]' } }, json('[1]')],
		[{ options: { additionalInput: 'null' } }, json('null')],
		[{ options: { additionalInput: 7 } }, json('7')],
		[
			{ duration: 7, options: { multiPrompt: shots(1, 1, 1, 1, 1, 1, 1) } },
			`${list} has 7 shots; the limit is 6`,
		],
		[
			{ duration: 5, options: { multiPrompt: shots(2, 2) } },
			`The shots of ${list} add up to 4 s, but 'Duration (Seconds)' is 5 s. Make them equal`,
		],
		[
			{ options: { multiPrompt: shots(2, 2) } },
			`The shots of ${list} add up to 4 s, but 'Duration (Seconds)' is 5 s. Make them equal`,
		],
		[
			{ duration: 5, options: { multiPrompt: [{ prompt: { a: 1 }, duration: 5 }] } },
			`Shot 1 of ${list} must have text for its prompt (got '{"a":1}')`,
		],
		[
			{ duration: 5, options: { multiPrompt: shots(2, 2.5) } },
			`Shot 2 of ${list} must last a whole number of seconds, at least 1 (got '2.5')`,
		],
		[
			{ duration: 5, options: { multiPrompt: shots(5, 0) } },
			`Shot 2 of ${list} must last a whole number of seconds, at least 1 (got '0')`,
		],
		[
			{ duration: 5, options: { multiPrompt: { segment: [{ prompt: ' ', duration: 5 }] } } },
			`Shot 1 of ${list} has no prompt`,
		],
		[
			{
				duration: 5,
				options: { multiPrompt: { segment: [{ prompt: 'x'.repeat(513), duration: 5 }] } },
			},
			`Shot 1 of ${list} has a prompt of 513 characters; the limit is 512`,
		],
		[
			{ modelId: FOUR_K, hasVideo: true },
			"4K doesn't take a reference video. Set 'Reference Video' to None, or choose Standard or Pro",
		],
		[
			{ modelId: FOUR_K, options: { keepOriginalSound: true } },
			"4K has no 'Keep Original Sound'. Remove that option, or choose Standard or Pro",
		],
		[
			{ modelId: PRO, hasVideo: true, options: { sound: true } },
			"Pro can't make sound beside a reference video. Turn off 'Sound', or leave out the video",
		],
		[
			{ prompt: '', duration: 2, options: { sound: 'x' } },
			"'Prompt' is empty. Write what happens in the clip",
			duration('2'),
			boolean('Sound', 'x'),
		],
	];
	for (const [given, ...issues] of cases)
		test(issues.join(' · ').slice(0, 100), () => {
			const texts = checked(given).issues.map(({ text }) => text);
			expect(texts).toStrictEqual(issues);
		});
});

test('sound beside a video is sent to Standard, with a warning', () => {
	const { inputs, issues, warnings } = checked({ hasVideo: true, options: { sound: true } });
	expect([inputs.sound, issues]).toStrictEqual([true, []]);
	expect(warnings).toStrictEqual(['Sound has no effect beside a reference video.']);
});

test('model ids can stand in a path', () => {
	for (const id of [STANDARD, PRO, FOUR_K, OTHER])
		expect([id, isModelId(id)]).toStrictEqual([id, true]);
	for (const id of ['', 'kling', '/a/b', 'a/b/', 'a//b', 'a/../b', 'a/b?x', 'a b/c', 'https://a/b'])
		expect([id, isModelId(id)]).toStrictEqual([id, false]);
});
