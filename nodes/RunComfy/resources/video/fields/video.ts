import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { additionalField } from '../../shared/additionalField';
import { TIERS } from '../tiers';
import { VIDEO_LABELS } from './labels';
import { referenceFields } from './references';

/** The fields of the operations that describe a new video. */
export const videoFields = (show: IDisplayOptions['show']): INodeProperties[] => [
	{
		displayName: 'Model',
		name: 'model',
		type: 'options',
		required: true,
		options: TIERS.map(({ name, modelId, description }) => ({
			name: `Kling Video O3 ${name}`,
			value: modelId,
			description,
		})),
		default: 'kling/kling-video-o3/standard/reference-to-video',
		description:
			'Which tier of Kling makes the video. An expression may give the ID of another reference-to-video model.',
		displayOptions: { show },
	},
	{
		displayName: VIDEO_LABELS.prompt,
		name: 'prompt',
		type: 'string',
		required: true,
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. The woman of Figure 1 hands the cup of Figure 2 to the camera and smiles',
		description:
			'What happens in the clip, up to 2500 characters. Reference images are named by their place: Figure 1, Figure 2.',
		hint: 'Figure 1 is the first reference image, Figure 2 the second, and so on',
		displayOptions: { show },
	},
	...referenceFields(show),
	{
		displayName: 'Input Items',
		name: 'inputItems',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'One Video per Item',
				value: 'each',
				description: 'Each input item makes a video of its own',
			},
			{
				name: 'One Video From All Items',
				value: 'combine',
				description:
					'The files of all items, in item order, are the references of one video. Other fields come from the first item.',
			},
		],
		default: 'each',
		description: 'Whether input items are separate videos or the references of one',
		displayOptions: { show },
	},
	{
		displayName: VIDEO_LABELS.aspectRatio,
		name: 'aspectRatio',
		type: 'options',
		options: [
			{ name: '16:9 (Landscape)', value: '16:9' },
			{ name: '9:16 (Portrait)', value: '9:16' },
			{ name: '1:1 (Square)', value: '1:1' },
		],
		default: '16:9',
		description: 'Shape of the clip: 16:9 (landscape), 9:16 (portrait) or 1:1 (square)',
		displayOptions: { show },
	},
	{
		displayName: VIDEO_LABELS.duration,
		name: 'duration',
		type: 'number',
		typeOptions: { minValue: 3, maxValue: 15, numberPrecision: 0 },
		default: 5,
		description: 'Length of the clip in whole seconds, from 3 to 15',
		hint: 'Standard costs $0.084 a second, $0.112 with sound, $0.126 with a reference video (2026-09). Retry On Fail does not pay twice for an item.',
		displayOptions: { show },
	},
];

/** The less common inputs of a new video. */
export const videoOptions: INodeProperties[] = [
	additionalField(
		'{"shot_type": "intelligent"}',
		'Input fields newer than this node. They are merged into the request last.',
	),
	{
		displayName: VIDEO_LABELS.keepOriginalSound,
		name: 'keepOriginalSound',
		type: 'boolean',
		default: true,
		description: 'Whether the clip keeps the sound of the reference video',
		displayOptions: { show: { '/referenceVideo': ['binary', 'url'] } },
	},
	{
		displayName: VIDEO_LABELS.multiPrompt,
		name: 'multiPrompt',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Shot' },
		placeholder: 'Add Shot',
		default: {},
		description:
			'Up to 6 shots with a prompt each. Their seconds add up to the duration of the clip. RunComfy lists it for Pro and 4K.',
		options: [
			{
				displayName: 'Shot',
				name: 'segment',
				values: [
					{
						displayName: 'Prompt',
						name: 'prompt',
						type: 'string',
						typeOptions: { rows: 2 },
						default: '',
						placeholder: 'e.g. Close-up of Figure 1, who looks up',
						description: 'What happens in this shot, up to 512 characters',
					},
					{
						displayName: 'Duration (Seconds)',
						name: 'duration',
						type: 'number',
						typeOptions: { minValue: 1, maxValue: 15, numberPrecision: 0 },
						default: 5,
						description: 'Length of this shot',
					},
				],
			},
		],
	},
	{
		displayName: VIDEO_LABELS.shotType,
		name: 'shotType',
		type: 'options',
		options: [
			{ name: 'Customize', value: 'customize', description: 'Shots as the prompt says' },
			{ name: 'Intelligent', value: 'intelligent', description: 'Kling chooses the shots' },
		],
		default: 'customize',
		description: 'Who decides on the camera shots',
	},
	{
		displayName: VIDEO_LABELS.sound,
		name: 'sound',
		type: 'boolean',
		default: false,
		description:
			'Whether to make sound for the clip. It costs a third more on Standard. Beside a reference video, Standard ignores it and Pro refuses it.',
	},
];
