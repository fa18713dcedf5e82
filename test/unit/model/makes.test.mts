import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { makes } from '../../../dist/nodes/RunComfy/resources/model/makes.js';
import { kindOf } from '../../simulator/outputs.mts';

const MODELS = new URL('../../simulator/models/', import.meta.url);

describe('what a model makes', () => {
	for (const file of readdirSync(MODELS)) {
		const { record } = JSON.parse(readFileSync(new URL(file, MODELS), 'utf8'));
		test(`${record.model_id}, by its categories or its ID alone`, () => {
			const kind = kindOf(record.categories);
			assert.equal(makes(record), kind);
			assert.equal(makes({ model_id: record.model_id }), kind);
		});
	}

	test('is not known of every model', () => {
		assert.equal(makes({}), undefined);
		assert.equal(makes({ model_id: 'a/b', categories: ['lora-training', 7] }), undefined);
	});
});
