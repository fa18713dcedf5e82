import type { Resource } from '../shared/operations';
import { modelFields, optionsField } from './fields';

/** Any model of RunComfy by its ID, with its live schema as the form. */
export const model: Resource = {
	name: 'Any Model',
	value: 'model',
	noun: 'result',
	orderFields: modelFields,
	optionsField,
	subtitle: '($parameter["modelId"] ? ": " + $parameter["modelId"] : "")',
	loadOrder: async () => (await import('./order')).modelOrder,
};
