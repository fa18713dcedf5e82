import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { additionalField } from '../shared/additionalField';

/** Label of the model's own inputs in the form. */
export const INPUTS_LABEL = 'Inputs';

/** The fields of the operations that describe an order of any model. */
export const modelFields = (show: IDisplayOptions['show']): INodeProperties[] => [
	{
		displayName: 'Model',
		name: 'modelId',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'Any model of RunComfy. Its inputs are read when you choose it.',
		displayOptions: { show },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Search by name or category',
				typeOptions: { searchListMethod: 'searchModels', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. wan-ai/wan-2.7/text-to-image',
			},
		],
	},
	{
		displayName: INPUTS_LABEL,
		name: 'modelInputs',
		type: 'resourceMapper',
		required: true,
		default: { mappingMode: 'defineBelow', value: null },
		description: "The model's own inputs, as RunComfy publishes them",
		displayOptions: { show },
		typeOptions: {
			loadOptionsDependsOn: ['modelId.value'],
			resourceMapper: {
				resourceMapperMethod: 'modelInputs',
				mode: 'add',
				valuesLabel: 'Inputs',
				fieldWords: { singular: 'input', plural: 'inputs' },
				addAllFields: false,
				supportAutoMap: false,
			},
		},
	},
	{
		displayName:
			'Image, video and audio inputs take an https link, or the name of an input field that holds a file: data, photo_*, or * for all of that kind. Several are separated by commas.',
		name: 'mediaNotice',
		type: 'notice',
		default: '',
		displayOptions: { show },
	},
	{
		displayName: 'Input Items',
		name: 'inputItems',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'One Request per Item',
				value: 'each',
				description: 'Each input item makes a request of its own',
			},
			{
				name: 'One Request From All Items',
				value: 'combine',
				description:
					'Files are looked for on all items, in item order. Other inputs come from the first item.',
			},
		],
		default: 'each',
		description: 'Whether input items are separate requests or the files of one',
		displayOptions: { show },
	},
];

/** The way around the form. */
export const modelOptions: INodeProperties[] = [
	additionalField(
		'{"seed": 7}',
		"Inputs that the form doesn't offer. They are merged into the request last, as they are.",
	),
];
