import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { DEFAULT_POLL_INTERVAL_S, DEFAULT_TIMEOUT_S } from '../../run/waitOptions';

/** The fields of the operations that wait for a video. */
export const waitFields = (show: IDisplayOptions['show']): INodeProperties[] => [
	{
		displayName: 'Download Video',
		name: 'downloadVideo',
		type: 'boolean',
		default: true,
		description: 'Whether to add the video to the output as a file, besides its URL',
		displayOptions: { show },
	},
	{
		displayName: 'Put Output File in Field',
		name: 'outputBinaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the output field that gets the video',
		displayOptions: { show: { ...show, downloadVideo: [true] } },
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
				displayName: 'Cancel on Stop',
				name: 'cancelOnStop',
				type: 'boolean',
				default: true,
				description:
					'Whether to cancel requests that this execution bought and that are still queued when you stop it. Running ones cannot be cancelled.',
			},
			{
				displayName: 'File Name',
				name: 'fileName',
				type: 'string',
				default: '',
				placeholder: 'e.g. clip.mp4',
				description: 'Name of the video file. Left empty, it is named after the request.',
			},
			{
				displayName: 'Poll Interval (Seconds)',
				name: 'pollInterval',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_POLL_INTERVAL_S,
				description:
					'Usual time between two looks at a video in progress. Queued ones are looked at less often.',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_TIMEOUT_S,
				description:
					'How long to wait for the video. After that the request goes on at RunComfy, and Wait for Completion can fetch it.',
			},
		],
	},
];
