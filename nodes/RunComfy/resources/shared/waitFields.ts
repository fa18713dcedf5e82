import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { DEFAULT_POLL_INTERVAL_S, DEFAULT_TIMEOUT_S, WAIT_LABELS } from '../../wait/labels';

/** What the form says of the files that a resource makes. */
export interface FileTexts {
	/** The field that turns their download on and off. */
	download: Pick<INodeProperties, 'displayName' | 'name' | 'description'>;
	/** What the output field gets, as the end of a sentence. */
	output: string;
	fileName: Pick<INodeProperties, 'placeholder' | 'description'>;
}

/** The fields of the operations that wait for what was ordered. */
export const waitFields = (
	show: IDisplayOptions['show'],
	{ noun, fileTexts }: { noun: string; fileTexts: FileTexts },
): INodeProperties[] => [
	{
		...fileTexts.download,
		type: 'boolean',
		default: true,
		displayOptions: { show },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'outputBinaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. data',
		hint: `The name of the output field that gets ${fileTexts.output}`,
		displayOptions: { show: { ...show, [fileTexts.download.name]: [true] } },
	},
	{
		displayName: 'Wait Options',
		name: 'waitOptions',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show },
		options: [
			{
				displayName: WAIT_LABELS.cancelOnStop,
				name: 'cancelOnStop',
				type: 'boolean',
				default: true,
				description:
					'Whether to cancel requests that this execution bought and that are still queued when you stop it. Running ones cannot be cancelled.',
			},
			{
				displayName: WAIT_LABELS.fileName,
				name: 'fileName',
				type: 'string',
				default: '',
				...fileTexts.fileName,
			},
			{
				displayName: WAIT_LABELS.pollInterval,
				name: 'pollInterval',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_POLL_INTERVAL_S,
				description: `Usual time between two looks at a ${noun} in progress. Queued ones are looked at less often.`,
			},
			{
				displayName: WAIT_LABELS.timeout,
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_TIMEOUT_S,
				description: `How long to wait for the ${noun}. After that the request goes on at RunComfy, and Wait for Completion can fetch it.`,
			},
		],
	},
];
