import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { additionalField } from '../shared/additionalField';

/** Labels of what is given to a model in the form, by parameter. */
export const INPUT_LABELS = {
	prompt: 'Prompt',
	specifyInputs: 'Specify Inputs',
	modelInputs: 'Inputs',
	inputsJson: 'Inputs (JSON)',
} as const;

/** How the inputs are given, as n8n's HTTP Request node has it. */
export const SPECIFY_INPUTS = ['fields', 'json'] as const;

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
		displayName: INPUT_LABELS.prompt,
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. A lighthouse in a storm, seen from a boat',
		description:
			'What is to be made, for the models that take a prompt. It stays when you choose another model.',
		displayOptions: { show },
	},
	{
		displayName: INPUT_LABELS.specifyInputs,
		name: 'specifyInputs',
		type: 'options',
		options: [
			{ name: 'Using Fields Below', value: 'fields' },
			{ name: 'Using JSON', value: 'json' },
		],
		default: 'fields',
		description:
			"Whether the model's other inputs are fields of this form or JSON, which may be an expression",
		displayOptions: { show },
	},
	{
		displayName: INPUT_LABELS.inputsJson,
		name: 'inputsJson',
		type: 'json',
		typeOptions: { rows: 5 },
		default: '{}',
		description:
			"The model's inputs by the names on its page on runcomfy.com, as an object or its JSON",
		displayOptions: { show: { ...show, specifyInputs: ['json'] } },
	},
	{
		displayName: INPUT_LABELS.modelInputs,
		name: 'modelInputs',
		type: 'resourceMapper',
		required: true,
		default: { mappingMode: 'defineBelow', value: null },
		description: "The model's own inputs, as RunComfy publishes them",
		displayOptions: { show: { ...show, specifyInputs: ['fields'] } },
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
