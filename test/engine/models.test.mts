import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { simulator, withSimulator } from '../support/simulator.mts';
import { bodies, messageOf } from './buying.mts';
import { order } from './models.mts';

withSimulator({ queueMs: 0, runMs: 0 });

const FLUX = 'blackforestlabs/flux-2/flash/text-to-image';

/** The requests so far, by kind. */
const requests = () => simulator.log.map(({ kind }) => kind);

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
		assert.equal(error, undefined);
		assert.deepEqual(requests(), ['model', 'submit', 'submit']);
		assert.deepEqual(bodies(), [
			{ prompt: 'a red boat', guidance_scale: 3.5, seed: 7 },
			{ prompt: 'a blue boat', guidance_scale: 3.5 },
		]);
		assert.equal(outputs[0].json.model_id, FLUX);
	});

	test('buys nothing of any item while one goes against the schema', async () => {
		const inputs = { prompt: '={{ $json.prompt }}', guidance_scale: '={{ $json.scale }}' };
		const items = [{ json: { prompt: 'a boat', scale: 3 } }, { json: { prompt: '', scale: 21 } }];
		const outcome = await order({ modelId: FLUX, inputs }, items);
		assert.match(
			messageOf(outcome),
			/Item 1: 'Prompt' is empty. This model requires it. Item 1: 'Guidance Scale' can be at most 20 \(got '21'\)/,
		);
		assert.deepEqual(requests(), ['model']);
	});
});
