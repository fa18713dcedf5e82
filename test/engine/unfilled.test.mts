import type { IDataObject } from 'n8n-workflow';
import { simulator, withSimulator } from '../support/simulator.mts';
import { bodies, create, images, item, messageOf, submits } from './buying.mts';
import { order } from './models.mts';

withSimulator();

const FLUX = 'blackforestlabs/flux-2/flash/text-to-image';
const AS_A_SHEET = /as a sheet has it where there is no text/;
const WORDS = ['#N/A', '#REF!', '#ERROR!', '#NAME?', '#VALUE!', '#DIV/0!', 'Loading...'];
const SHOT = (prompt: unknown) => ({ multiPrompt: { segment: [{ prompt, duration: 5 }] } });

describe('what a sheet says instead of a value', () => {
	for (const value of [...WORDS, 'TRUE', 'false', '0', true, false, 0])
		test(`${JSON.stringify(value)} is no text of any order`, async () => {
			const items = [item({}, { cell: value })];
			for (const operation of ['create', 'generate', 'estimateCost']) {
				const outcome = await create({ operation, prompt: '={{ $json.cell }}' }, items);
				expect(messageOf(outcome)).toMatch(AS_A_SHEET);
				expect(messageOf(outcome)).toContain(`'Prompt' is just '${value}'`);
			}
			const shot = await create({ options: SHOT('={{ $json.cell }}') }, items);
			expect(messageOf(shot)).toContain(`Shot 1 of 'Multi-Shot Prompt' is just '${value}'`);
			expect(simulator.log).toStrictEqual([]);

			const model = await order({ modelId: FLUX, inputs: { prompt: '={{ $json.cell }}' } }, items);
			expect(messageOf(model)).toContain(`'Prompt' is just '${value}'`);
			expect(simulator.log.map(({ kind }) => kind)).toStrictEqual(['model']);
		});

	for (const word of WORDS)
		test(`${word} is no link, and is shown`, async () => {
			const outcome = await create({ referenceImages: images('={{ $json.cell }}') }, [
				item({}, { cell: word }),
			]);
			expect(messageOf(outcome)).toContain(`'URL': '${word}' is just '${word}', as a sheet has it`);
			expect(simulator.log).toStrictEqual([]);
		});

	test('among other words it is a person’s', async () => {
		const prompt = 'a screen that says #N/A, then Loading... and 0';
		await create({ prompt, options: SHOT(prompt) });
		await order({ modelId: FLUX, inputs: { prompt } });
		expect(bodies().map((body) => body.prompt)).toStrictEqual([prompt, prompt]);
	});

	test('whoever means it goes on', async () => {
		await create({ prompt: '0', options: { skipChecks: ['links', 'prompt'] } });
		expect(bodies()[0].prompt).toBe('0');
	});
});

describe('a prompt that is JSON', () => {
	const JSONS = ['{"a":{"b":1}}', '{"shot":{"camera":null}}', '[{"a":{"b":{}}}]'];
	for (const prompt of JSONS)
		test(`${prompt} is bought as it is`, async () => {
			await create({ prompt, options: SHOT(prompt) });
			await order({ modelId: FLUX, inputs: { prompt } });
			const segment = { prompt, duration: 5 };
			expect(bodies().map((body) => [body.prompt, body.multi_prompt])).toStrictEqual([
				[prompt, [segment]],
				[prompt, undefined],
			]);
		});

	test('is refused where a text inside of it was never filled in', async () => {
		const json = '{"a":{"b":"by {{ $json.who }}"}}';
		const prompt = '={{ $json.text }}';
		const items = [item({}, { text: json } as IDataObject)];
		const said = "'Prompt' contains '{{ $json.who }}', which was never filled in";
		expect(messageOf(await create({ prompt }, items))).toContain(said);
		expect(messageOf(await order({ modelId: FLUX, inputs: { prompt } }, items))).toContain(said);
		expect(submits()).toHaveLength(0);
	});
});
