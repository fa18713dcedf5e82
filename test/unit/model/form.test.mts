import type { ResourceMapperField } from 'n8n-workflow';
import { formField } from '../../../dist/nodes/RunComfy/resources/model/form.js';
import { fieldsOf } from '../../../dist/nodes/RunComfy/resources/model/schema.js';
import { allModels } from '../../../simulator/models.mts';

const models = allModels();

const formOf = (modelId: string): ResourceMapperField[] =>
	fieldsOf(models.get(modelId)!.record.input_schema)!.map(formField);

const fieldIn = (modelId: string, id: string) => formOf(modelId).find((field) => field.id === id)!;

const TYPES = ['string', 'number', 'boolean', 'options', 'array', 'object'];

describe('the form of a model', () => {
	for (const { record } of models.values()) {
		test(`of ${record.model_id} has each input once, required ones first in their order`, () => {
			const form = formOf(record.model_id);
			const { properties = {}, required = [] } = record.input_schema;
			expect(form.map(({ id }) => id).sort()).toStrictEqual(Object.keys(properties).sort());
			const there = required.filter((name) => name in properties);
			expect(form.slice(0, there.length).map(({ id }) => id)).toStrictEqual(there);
			for (const { id, required: isRequired, removed, type = '', options = [] } of form) {
				// The prompt has a field of its own.
				expect([id, isRequired]).toStrictEqual([id, there.includes(id) && id !== 'prompt']);
				expect([id, removed]).toStrictEqual([id, !isRequired]);
				expect(TYPES).toContain(type);
				if (type === 'options')
					expect(options.map(({ value }) => value)).toStrictEqual(properties[id].enum);
			}
			const labels = form.map(({ displayName }) => displayName);
			expect(labels).toStrictEqual([...new Set(labels)]);
		});

		test(`of ${record.model_id} shows no sample of a text or file`, () => {
			for (const { id, defaultValue } of formOf(record.model_id)) {
				const { default: given, format, items } = record.input_schema.properties![id];
				const isFile = Boolean(format ?? items?.format);
				const isSample =
					isFile ||
					/\s/.test(String(given ?? '')) ||
					(typeof given === 'string' && /prompt|lyric/.test(id));
				if (isSample) expect([id, defaultValue]).toStrictEqual([id, undefined]);
				else expect(defaultValue).toBe(given || given === 0 || given === false ? given : undefined);
			}
		});
	}

	test('has media before what else can be left out', () => {
		expect(formOf('bytedance/seed-audio-1.0/text-to-audio').map(({ id }) => id)).toStrictEqual([
			...['prompt', 'audio_urls', 'image_url', 'output_format', 'pitch', 'sample_rate', 'speed'],
			...['voice', 'volume'],
		]);
	});

	test('says in labels what an input takes', () => {
		const labels: Array<[string, string, string]> = [
			['bytedance/seed-audio-1.0/text-to-audio', 'audio_urls', 'Audio URLs (≤ 3 audios)'],
			['bytedance/seed-audio-1.0/text-to-audio', 'pitch', 'Pitch (-12–12)'],
			['bytedance/seedream-5.0-pro/image-to-image', 'image', 'Image (1–10 images)'],
			['community/seedvr2/upscale/video', '33_video', '33 Video (video)'],
			['happyhorse/happyhorse-1.0/video-edit', 'prompt', 'Prompt (≤ 5000 chars)'],
			['simulator/keyframes/image-to-video', 'keyframes', 'Keyframes (JSON, 1–4)'],
			['simulator/keyframes/image-to-video', 'camera', 'Camera (JSON)'],
			['blackforestlabs/flux-2/flash/text-to-image', 'guidance_scale', 'Guidance Scale (0–20)'],
			['kling/kling-3.0/pro/text-to-video', 'cfg_scale', 'CFG Scale (0–1)'],
		];
		for (const [modelId, id, label] of labels) expect(fieldIn(modelId, id).displayName).toBe(label);
	});

	test('knows numbers, and choices of numbers', () => {
		const fps = fieldIn('lightricks/ltx-2.5/image-to-video/fast', 'fps');
		expect(fps.type).toBe('options');
		expect(fps.options?.map(({ value }) => value)).toStrictEqual([24, 25, 48, 50]);
		expect(fps.defaultValue).toBe(25);
		expect(fieldIn('simulator/oddities/image-to-image', 'denoise').type).toBe('number');
		expect(fieldIn('simulator/oddities/image-to-image', 'scheduler').defaultValue).toBeUndefined();
	});

	test('is none where the schema tells no input', () => {
		for (const schema of [undefined, null, 'text', [], {}, { properties: {} }, { properties: [] }])
			expect(fieldsOf(schema)).toBeUndefined();
	});
});
