import type { IDataObject } from 'n8n-workflow';
import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { inMemory, pngOf } from '../fixtures/media.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { bodies, images, item, messageOf, submits } from './buying.mts';
import { runNode, type RunOptions } from './harness.mts';

withSimulator();

const run = async (parameters: IDataObject, more: Partial<RunOptions> = {}) =>
	await runNode({ simulator, parameters: { prompt: 'a cat', ...parameters }, ...more });

const OPERATIONS = 'cancel, create, estimateCost, generate, getStatus, waitForCompletion';

/** Up to 1.113.3, n8n itself refuses to run a workflow like this, and in part up to 2.15.1. */
const REFUSES_ITSELF = isBefore('2.30');

describe('an operation or resource that does not exist', () => {
	const cases: Array<[IDataObject, RegExp]> = [
		[
			{ operation: 'generateVideo' },
			new RegExp(`^'Operation' must be one of ${OPERATIONS} \\(got 'generateVideo'\\)\\.$`),
		],
		[
			{ operation: '={{ $json.what }}' },
			/^'Operation' must be one of .* \(got '\{\{ \$json\.what \}\}'\)/,
		],
		[
			{ resource: 'image', operation: 'generate' },
			/^'Resource' must be one of video, model, account \(got 'image'\)\.$/,
		],
	];
	for (const [parameters, message] of cases) {
		const skip = String(parameters.operation).startsWith('=') && REFUSES_ITSELF;
		for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const)
			(skip ? test.skip : test)(`${JSON.stringify(parameters)}, ${onError}`, async () => {
				const outcome = await run(parameters, {
					items: [item({}, { what: 'generate' }), item()],
					settings: { onError },
				});
				const messages =
					onError === 'stopWorkflow'
						? [messageOf(outcome)]
						: outcome.items.map(({ json }) => (json.error as IDataObject).message as string);
				expect(messages.length).toBe(onError === 'stopWorkflow' ? 1 : 2);
				for (const said of messages)
					expect(said.split('. ')[0].replace(/\.?$/, '.')).toMatch(message);
				expect(simulator.log).toStrictEqual([]);
			});
	}

	test('names the operations of its own resource', async () => {
		const ofAccount = await run({ resource: 'account', operation: 'generate' });
		expect(messageOf(ofAccount)).toMatch(
			/^'Operation' must be one of getBalance \(got 'generate'\)/,
		);
		const ofVideo = await run({ operation: 'getMany' });
		expect(messageOf(ofVideo)).toMatch(new RegExp(`^'Operation' must be one of ${OPERATIONS} `));
	});

	test('as a tool of an agent', async () => {
		const outcome = await run({ operation: 'generateVideo' }, { asAgent: [{}] });
		expect(JSON.stringify(outcome.items)).toMatch(/'Operation' must be one of/);
		expect(simulator.log).toStrictEqual([]);
	});
});

describe('a list that n8n emptied or filled with defaults', () => {
	const ENTRY = { source: 'binary', binaryPropertyName: 'data' };
	const cases: Array<[string, IDataObject, RegExp]> = [
		[
			'an expression for the whole list',
			{ referenceImages: '={{ $json.images }}', prompt: 'Figure 1 waves' },
			/^The prompt names Figure 1, but there is no reference image\. Add an entry to 'Reference Images'/,
		],
		[
			'a list instead of the collection',
			{ referenceImages: [ENTRY] as never, prompt: 'Figure 1 waves' },
			/but there is no reference image/,
		],
		[
			'a wrong key',
			{ referenceImages: { images: [ENTRY] }, prompt: 'Figure 1 waves' },
			/but there is no reference image/,
		],
		[
			'an expression for the entries',
			{ referenceImages: { image: '={{ $json.images }}' } },
			/^'Reference Images' has \d+ entries that all name the field 'data', as n8n makes them/,
		],
		[
			'an expression for the shots',
			{ options: { multiPrompt: { segment: '={{ $json.shots }}' } } },
			/^'Multi-Shot Prompt' has \d+ shots without a prompt, as n8n makes them/,
		],
	];
	for (const [title, parameters, message] of cases) {
		const { image } = (parameters.referenceImages ?? { image: [] }) as IDataObject;
		const skip = !image && REFUSES_ITSELF;
		for (const operation of ['generate', 'create', 'estimateCost'])
			(skip ? test.skip : test)(`${title}, ${operation}`, async () => {
				const json = { images: ['data'], shots: [{ prompt: 'x', duration: 5 }] };
				const outcome = await run({ operation, ...parameters }, { items: [item({}, json)] });
				expect(messageOf(outcome)).toMatch(message);
				expect(submits()).toHaveLength(0);
			});
	}
});

describe('prompts and items that do not go together', () => {
	const photo = (name: string) => item({ data: inMemory(`${name}.png`, pngOf(400, 400)) });
	const perItem = { referenceImages: images('data'), prompt: 'Figure 1 meets Figure 2' };

	test('three photos as three items name the setting that makes one video', async () => {
		const outcome = await run(perItem, { items: [photo('a'), photo('b'), photo('c')] });
		expect(messageOf(outcome)).toMatch(
			/The prompt names Figure 2, but there is 1 reference image\. Each of the 3 input items makes a video of its own\. To make one video from the images of all, set 'Input Items' to One Video From All Items/,
		);
		expect(submits()).toHaveLength(0);
	});

	test('whoever knows better can go on, with a warning', async () => {
		const parameters = { ...perItem, operation: 'create', options: { skipChecks: ['prompt'] } };
		const outcome = await run(parameters, { items: [photo('a')] });
		expect(submits()).toHaveLength(1);
		expect(String((outcome.items[0].json.warnings as string[])[0])).toMatch(/Figure 2/);
	});

	test('the refusal names the check', async () => {
		const { error } = await run(perItem, { items: [photo('a')] });
		expect(String(error?.description)).toMatch(
			/add 'Skip Checks' under Options and choose Prompt\./,
		);
	});

	test('a check that does not exist is told', async () => {
		const outcome = await run({ options: { skipChecks: ['spelling'] } });
		expect(messageOf(outcome)).toMatch(
			/^'Skip Checks' must be any of prompt, links, limits \(got 'spelling'\)/,
		);
		expect(submits()).toHaveLength(0);
	});

	test('Execute Once leaves out what is to be combined', async () => {
		const outcome = await run(
			{ ...perItem, inputItems: 'combine' },
			{ items: [photo('a'), photo('b')], settings: { executeOnce: true } },
		);
		expect(messageOf(outcome)).toMatch(/'Execute Once' under Settings leaves out 1 of 2 items/);
		expect(submits()).toHaveLength(0);
	});

	test('half a character is left out', async () => {
		const options = { additionalInput: { note: 'x\udc00' } };
		await run({ operation: 'create', prompt: 'a cat \ud83d', options });
		const [{ prompt, note }] = bodies();
		expect([prompt, note]).toStrictEqual(['a cat ', 'x']);
	});
});
