import { orderResource } from '../shared/operations';
import type { Resource } from '../shared/resource';
import { modelFields, modelOptions } from './fields';
import { fileTexts } from './fileTexts';
import { getMany, getManyFields } from './getMany';

const orders = orderResource({
	name: 'Any Model',
	value: 'model',
	noun: 'result',
	fileTexts,
	orderFields: modelFields,
	options: modelOptions,
	subtitle: '($parameter["modelId"] ? ": " + $parameter["modelId"] : "")',
	loadOrder: async () => (await import('./order')).modelOrder,
	loadDelivery: async () => (await import('./delivery')).modelDelivery,
});

/** Any model of RunComfy by its ID, with its live schema as the form, and the list of all of them. */
export const model: Resource = {
	...orders,
	operations: [...orders.operations, getMany],
	fields: [...orders.fields, ...getManyFields],
};
