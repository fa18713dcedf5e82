import { readdirSync, readFileSync } from 'node:fs';
import { makes } from '../../../dist/nodes/RunComfy/resources/model/makes.js';
import { kindOf } from '../../../simulator/outputs.mts';

const MODELS = new URL('../../../simulator/models/', import.meta.url);

describe('what a model makes', () => {
	for (const file of readdirSync(MODELS)) {
		const { record } = JSON.parse(readFileSync(new URL(file, MODELS), 'utf8'));
		test(`${record.model_id}, by its categories or its ID alone`, () => {
			const kind = kindOf(record.categories);
			expect(makes(record)).toBe(kind);
			expect(makes({ model_id: record.model_id })).toBe(kind);
		});
	}

	test('is not known of every model', () => {
		expect(makes({})).toBeUndefined();
		expect(makes({ model_id: 'a/b', categories: ['lora-training', 7] })).toBeUndefined();
	});
});
