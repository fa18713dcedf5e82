import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { GET_MANY_LABELS } from '../../check/labels';
import { routing } from '../shared/routing';

/** Lists the catalogue. */
export const getMany: INodePropertyOptions = {
	name: 'Get Many',
	value: 'getMany',
	action: 'Get many models',
	description: 'List models with their IDs, prices and categories',
	routing: routing(async () => (await import('../../operations/getMany')).getMany),
};

const displayOptions = { show: { resource: ['model'], operation: ['getMany'] } };

export const getManyFields: INodeProperties[] = [
	{
		displayName: GET_MANY_LABELS.returnAll,
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
		displayOptions,
	},
	{
		displayName: GET_MANY_LABELS.limit,
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { ...displayOptions.show, returnAll: [false] } },
	},
	{
		displayName: GET_MANY_LABELS.search,
		name: 'search',
		type: 'string',
		default: '',
		placeholder: 'e.g. seedance',
		description: 'Words of the name or ID of a model. Left empty, all are found.',
		displayOptions,
	},
	{
		displayName: GET_MANY_LABELS.category,
		name: 'category',
		type: 'string',
		default: '',
		placeholder: 'e.g. text-to-image',
		description: 'What the models make of what, such as text-to-image or image-to-video',
		displayOptions,
	},
];
