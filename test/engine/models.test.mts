import type { IDataObject } from 'n8n-workflow';
import { inMemory, padded, pngOf } from '../fixtures/media.mts';
import { STANDARD } from '../fixtures/models.mts';
import type { DataUri } from '../../simulator/index.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { bodies, item, messageOf } from './buying.mts';
import { sample } from './modelInputs.mts';
import { order } from './models.mts';
import { RETRY } from './scenario.mts';
import { allModels } from '../../simulator/models.mts';

withSimulator({ queueMs: 0, runMs: 0 });

const FLUX = 'blackforestlabs/flux-2/flash/text-to-image';
const EDIT = 'google/nano-banana-2-lite/edit';
const LIPSYNC = 'sync/sync/lipsync/v2/pro';
const KEYFRAMES = 'simulator/keyframes/image-to-video';
const ODDITIES = 'simulator/oddities/image-to-image';

/** The requests so far, by kind. */
const requests = () => simulator.log.map(({ kind }) => kind);

/** A schema that does not say which of its texts are files. */
const UNTYPED = {
	type: 'object',
	properties: { prompt: { type: 'string' }, style: { type: 'string' } },
};

/** Links lead nowhere in these tests. */
const UNSEEN = { skipChecks: ['links'] };

const PHOTO = inMemory('photo.png');
const CLIP = inMemory('clip.mp4');
/** The head of a sound file; nothing goes by the rest. */
const SOUND = inMemory(
	'voice.wav',
	Buffer.from('RIFF\x24\0\0\0WAVEfmt '.padEnd(200, '\0'), 'latin1'),
);

describe('an order of any model', () => {
	test('reads the schema once for all items, and sends what is given in its types', async () => {
		const inputs = {
			prompt: '={{ $json.prompt }}',
			seed: '={{ $json.seed }}',
			guidance_scale: 3.5,
		};
		const items = [
			{ json: { prompt: 'a red boat', seed: '7' } },
			{ json: { prompt: 'a blue boat', seed: '' } },
		];
		const { items: outputs, error } = await order({ modelId: FLUX, inputs }, items);
		expect(error).toBeUndefined();
		expect(requests()).toStrictEqual(['model', 'submit', 'submit']);
		expect(bodies()).toStrictEqual([
			{ prompt: 'a red boat', guidance_scale: 3.5, seed: 7 },
			{ prompt: 'a blue boat', guidance_scale: 3.5 },
		]);
		expect(outputs[0].json.model_id).toBe(FLUX);
	});

	test('buys nothing of any item while one goes against the schema', async () => {
		const inputs = { prompt: '={{ $json.prompt }}', guidance_scale: '={{ $json.scale }}' };
		const items = [{ json: { prompt: 'a boat', scale: 3 } }, { json: { prompt: '', scale: 21 } }];
		const outcome = await order({ modelId: FLUX, inputs }, items);
		expect(messageOf(outcome)).toMatch(
			/Item 1: 'Prompt' is empty. This model requires it. Item 1: 'Guidance Scale' can be at most 20 \(got '21'\)/,
		);
		expect(requests()).toStrictEqual(['model']);
	});

	test('is bought once with Retry On Fail, whatever of it fails later', async () => {
		simulator.planJobs({ outcome: 'failed' });
		const given = { modelId: FLUX, inputs: { prompt: 'a boat' }, operation: 'generate' };
		await order(given, [{ json: {} }, { json: {} }], { settings: RETRY });
		expect(requests().filter((kind) => kind === 'submit')).toHaveLength(2);
	});

	test('takes its inputs from an expression, as an object or JSON', async () => {
		const items = [{ json: { inputs: { prompt: 'a boat', seed: 3 } } }];
		for (const inputs of ['={{ $json.inputs }}', '={{ JSON.stringify($json.inputs) }}'])
			await order({ modelId: FLUX, inputs }, items);
		expect(bodies()).toStrictEqual([items[0].json.inputs, items[0].json.inputs]);
		const outcome = await order({ modelId: FLUX, inputs: '={{ $json.nothing + "" }}' }, items);
		expect(messageOf(outcome)).toMatch(
			/'Inputs \(JSON\)' must be a JSON object .* \(got 'undefined'\)/,
		);
	});

	test('takes the prompt from a field of its own, beside the other inputs', async () => {
		const parameters = { prompt: 'a boat' };
		await order({ modelId: FLUX, inputs: { seed: 3 }, parameters });
		await order({ modelId: FLUX, inputs: '{"seed": 3}', parameters });
		await order({ modelId: FLUX, inputs: { prompt: 'a boat', seed: 3 }, parameters });
		expect(bodies()).toStrictEqual(Array(3).fill({ prompt: 'a boat', seed: 3 }));
	});

	test.each([
		[
			'a model that takes none',
			{ modelId: LIPSYNC },
			/ is filled in, but this model takes no prompt/,
		],
		['another prompt among the inputs', { inputs: { prompt: 'a ship' } }, /have another prompt/],
		['no text', { parameters: { prompt: '={{ $json }}' } }, /^'Prompt' must be text \(got /],
	])('refuses a prompt where there is %s', async (_, more, message) => {
		const outcome = await order({ modelId: FLUX, parameters: { prompt: 'a boat' }, ...more });
		expect(messageOf(outcome)).toMatch(message);
		expect(requests()).toStrictEqual(['model']);
	});

	test('refuses the name of a file where the schema names no files, and sends it if that is meant', async () => {
		const inputs = { prompt: 'photo', style: 'photo' };
		const items = [item({ photo: PHOTO })];
		simulator.addFaults({ on: 'model', merge: { input_schema: UNTYPED }, times: -1 });
		const outcome = await order({ modelId: FLUX, inputs }, items);
		expect(messageOf(outcome)).toMatch(/^'Style' is 'photo', the name of a file, but /);
		expect(requests()).toStrictEqual(['model']);
		await order({ modelId: FLUX, inputs, options: { skipChecks: ['prompt'] } }, items);
		expect(bodies()).toStrictEqual([inputs]);
	});

	test("refuses inputs that n8n's editor has taken apart, letter by letter", async () => {
		const modelInputs = { ...[...'={{ $json.inputs }}'], mappingMode: 'defineBelow', value: null };
		const outcome = await order({ modelId: FLUX, parameters: { prompt: 'a boat', modelInputs } });
		expect(messageOf(outcome)).toMatch(/Set 'Specify Inputs' to Using JSON/);
		expect(requests()).toStrictEqual(['model']);
	});

	test('sends additional input last and as it is, and refuses inputs that do not exist', async () => {
		const inputs = { prompt: 'a boat', seed: 3 };
		const additionalInput = '{"seed": 4, "new_field": [1]}';
		await order({ modelId: FLUX, inputs, options: { additionalInput } });
		expect(bodies()).toStrictEqual([{ prompt: 'a boat', seed: 4, new_field: [1] }]);
		const outcome = await order({ modelId: FLUX, inputs: { prompt: 'a boat', sead: 3 } });
		expect(messageOf(outcome)).toMatch(
			/'sead' is no input of this model, whose inputs are prompt, /,
		);
	});

	test('sends a default that is required, and does without a field that does not exist', async () => {
		const inputs = { prompt: 'a boat', image: 'photo' };
		const outcome = await order({ modelId: ODDITIES, inputs }, [
			item({ photo: inMemory('photo.png', pngOf(400, 400)) }),
		]);
		expect(messageOf(outcome)).toBe('');
		const [{ image, ...others }] = bodies();
		expect(others).toStrictEqual({ prompt: 'a boat', style: 'none' });
		expect(image).toBeTruthy();
	});

	test('says of a model that is gone how to choose anew', async () => {
		const outcome = await order({ modelId: 'wan-ai/wan-2-7/edit', inputs: { prompt: 'a' } });
		expect(messageOf(outcome)).toMatch(/does not know this model: wan-ai\/wan-2-7\/edit/);
		expect(outcome.error?.description ?? '').toMatch(/Choose one from the list of 'Model'/);
		expect(requests()).toStrictEqual(['model']);
	});

	test('is checked and priced in a dry run, and returns a sample of its kind', async () => {
		const inputs = { prompt: 'a boat' };
		const options = { dryRun: true };
		const { items } = await order({ modelId: FLUX, inputs, options, operation: 'generate' });
		expect(items[0].json.dry_run).toBe(true);
		expect(items[0].binary?.data.mimeType).toBe('image/png');
		expect(requests()).toStrictEqual(['model']);
	});

	test('is filled in by an agent, model and inputs', async () => {
		const fromAi = (name: string, type: string) => `={{ $fromAI('${name}', '', '${type}') }}`;
		const given = { modelId: fromAi('model', 'string'), inputs: fromAi('inputs', 'json') };
		const inputs = { prompt: 'a boat', seed: 7 };
		await order(given, undefined, { asAgent: [{ model: FLUX, inputs }] });
		expect(requests()).toStrictEqual(['model', 'submit']);
		expect(bodies()).toStrictEqual([inputs]);
	});

	test('says text that was never filled in', async () => {
		const outcome = await order({ modelId: FLUX, inputs: { prompt: 'a boat of undefined' } });
		expect(messageOf(outcome)).toMatch(/'Prompt' contains 'undefined', which was never filled in/);
	});

	test('is refused by limits that its price is above, or that it cannot be held to', async () => {
		const KLING3 = 'kling/kling-3.0/pro/text-to-video';
		const of = (modelId: string, inputs: IDataObject, options: IDataObject) =>
			order({ modelId, inputs: { prompt: 'a boat', ...inputs }, options });
		expect(messageOf(await of(KLING3, { sound: false }, { maxCostUsd: 0.1 }))).toMatch(
			/would cost \$0\.\d+ .* but 'Maximum Cost \(USD\)' is \$0\.1/,
		);
		for (const limit of ['maxCostUsd', 'maxRunCostUsd'])
			expect(messageOf(await of(KLING3, {}, { [limit]: 100 }))).toMatch(
				/unknown: .* what 'Sound' may add to it is not published/,
			);
		expect(requests()).not.toContain('submit');
		expect(messageOf(await of(KLING3, { sound: false }, { maxCostUsd: 100 }))).toBe('');
	});
});

describe('files of any model', () => {
	const A = 'https://example.com/a.png';

	test('are links, names and patterns in their order, each once named', async () => {
		const files = { photo_10: PHOTO, photo_2: PHOTO, logo: PHOTO, notes: CLIP };
		const inputs = { prompt: 'a', image_urls: `logo, ${A}, photo_*` };
		const { items } = await order({ modelId: EDIT, inputs, options: UNSEEN }, [item(files)]);
		const [{ image_urls: images }] = bodies();
		expect(
			(images as Array<string | DataUri>).map((image) =>
				typeof image === 'string' ? image : image.declaredType,
			),
		).toStrictEqual(['image/png', A, 'image/png', 'image/png']);
		expect(
			(items[0].json.references as IDataObject[]).map(({ field, from, sent }) => [
				field,
				from,
				sent,
			]),
		).toStrictEqual([
			['image_urls', 'binary:logo', 'data'],
			['image_urls', 'url', 'url'],
			['image_urls', 'binary:photo_2', 'data'],
			['image_urls', 'binary:photo_10', 'data'],
		]);
	});

	test('are of the kind that the input takes, by their bytes', async () => {
		const wrong = inMemory('photo.png', Buffer.from('%PDF-1.7\n'));
		const cases: Array<[string, IDataObject, Record<string, typeof PHOTO>, RegExp]> = [
			[
				EDIT,
				{ image_urls: 'a' },
				{ a: wrong },
				/'Image URLs': file 'a' .* is a PDF file, but must be a JPEG/,
			],
			[
				EDIT,
				{ image_urls: 'a' },
				{ a: CLIP },
				/is an MP4 file, but must be a JPEG, PNG or WebP image/,
			],
			[
				LIPSYNC,
				{ video_url: 'a', audio_url: 'a' },
				{ a: SOUND },
				/'Video URL': file 'a' .* is a WAV file, but must be an MP4/,
			],
			[
				LIPSYNC,
				{ video_url: 'a', audio_url: 'b' },
				{ a: CLIP, b: PHOTO },
				/'Audio URL': file 'b' .* is a PNG file, but must be an MP3/,
			],
			[
				EDIT,
				{ image_urls: 'b' },
				{ a: PHOTO },
				/'Image URLs': the item has no file 'b'. Files there: a/,
			],
			[EDIT, { image_urls: '*' }, { a: CLIP }, /'Image URLs' finds no image in the input/],
			[EDIT, { image_urls: 'example.com/a.png' }, {}, /is not a complete URL/],
			[
				LIPSYNC,
				{ video_url: 'a, b', audio_url: 'c' },
				{ a: CLIP, b: CLIP, c: SOUND },
				/'Video URL' takes one file or link, but finds 2/,
			],
			[
				EDIT,
				{ image_urls: 'a' },
				{ a: inMemory('photo.png', padded('photo.png', 7_000_000)) },
				/limit is 6 MiB/,
			],
		];
		for (const [modelId, inputs, files, message] of cases) {
			const prompt = modelId === EDIT && { prompt: 'a' };
			const options = { sendFilesAs: 'data' };
			const outcome = await order({ modelId, inputs: { ...prompt, ...inputs }, options }, [
				item(files),
			]);
			expect(messageOf(outcome)).toMatch(message);
		}
		expect(requests()).not.toContain('submit');
	});

	test('keep to the rules that RunComfy publishes with the input', async () => {
		const inputs = { prompt: 'a', image: 'a' };
		for (const [width, height, message] of [
			[299, 400, /is 299 pixels wide; it must be more than 299/],
			[1200, 400, /is 3 \(width \/ height\); it must be less than 2\.5/],
		] as const) {
			const outcome = await order({ modelId: ODDITIES, inputs }, [
				item({ a: inMemory('photo.png', pngOf(width, height)) }),
			]);
			expect(messageOf(outcome)).toMatch(message);
		}
		expect(requests()).not.toContain('submit');
	});

	test('stand inside of objects too', async () => {
		const keyframes = [
			{ at: 0, image: 'a' },
			{ at: 2.5, image: A },
		];
		const inputs = { keyframes: JSON.stringify(keyframes), camera: { motion: 'pan' } };
		const given = { modelId: KEYFRAMES, inputs, options: UNSEEN };
		expect(messageOf(await order(given, [item({ a: PHOTO })]))).toBe('');
		const [{ keyframes: sent, camera }] = bodies() as Array<Record<string, IDataObject[]>>;
		expect((sent[0].image as unknown as DataUri).declaredType).toBe('image/png');
		expect([sent[1], camera]).toStrictEqual([keyframes[1], { motion: 'pan' }]);
		const outcome = await order(given, [item({ b: PHOTO })]);
		expect(messageOf(outcome)).toMatch(/'Keyframes' at \[0\]\.image: the item has no file 'a'/);
	});

	test('of all items make one request, each input with those of its kind', async () => {
		const inputs = { prompt: 'a', image_urls: 'data' };
		const parameters = { inputItems: 'combine' };
		await order({ modelId: EDIT, inputs, parameters }, [
			item({ data: PHOTO }),
			item({ data: PHOTO }),
		]);
		expect(bodies()[0].image_urls as unknown[]).toHaveLength(2);
		const both = { video_url: 'data', audio_url: 'data' };
		const outcome = await order({ modelId: LIPSYNC, inputs: both, parameters }, [
			item({ data: CLIP }),
			item({ data: SOUND }),
		]);
		expect(messageOf(outcome)).toBe('');
		const { video_url: video, audio_url: audio } = bodies()[1] as Record<string, DataUri>;
		expect([video.declaredType, audio.declaredType]).toStrictEqual(['video/mp4', 'audio/wav']);
		expect(outcome.items[0].pairedItem).toStrictEqual([{ item: 0 }, { item: 1 }]);
	});
});

describe('every model of the catalogue', () => {
	for (const { record } of allModels().values()) {
		const { model_id: modelId, input_schema: schema } = record;
		const files = [
			item({ image: inMemory('photo.png', pngOf(800, 800)), video: CLIP, audio: SOUND }),
		];

		test(`${modelId} takes an order, and refuses one before it is sent`, async () => {
			const inputs = sample(schema);
			const outcome = await order({ modelId, inputs }, files);
			expect(messageOf(outcome)).toBe('');
			expect(requests()).toStrictEqual(['model', 'submit']);
			expect(simulator.log.at(-1)?.answered).toBe(200);
			for (const name of Object.keys(inputs)) {
				simulator.log.length = 0;
				const { [name]: left, ...others } = inputs;
				const refused = await order({ modelId, inputs: others }, files);
				expect([left, messageOf(refused)]).toStrictEqual([
					left,
					expect.stringContaining(' is empty. This model requires it'),
				]);
				expect(requests()).toStrictEqual(['model']);
			}
		});
	}

	test('Kling O3 is one of them', async () => {
		const inputs = { prompt: 'Figure 1 waves', images: 'image' };
		await order({ modelId: STANDARD, inputs }, [item({ image: PHOTO })]);
		expect(bodies()[0].images as unknown[]).toHaveLength(1);
	});
});
