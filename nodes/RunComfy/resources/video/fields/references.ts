import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

/** The fields for what the video is made from. */
export const referenceFields = (show: IDisplayOptions['show']): INodeProperties[] => [
	{
		displayName: 'Reference Images',
		name: 'referenceImages',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true, multipleValueButtonText: 'Add Image' },
		placeholder: 'Add Image',
		default: {},
		description:
			'JPEG, PNG or WebP, up to 6 MiB each, or 50 MB where n8n can send them as links. Order is meaning: the first one is Figure 1 in the prompt, the second Figure 2, and so on. Up to 7 images, or 4 beside a reference video.',
		displayOptions: { show },
		options: [
			{
				displayName: 'Image',
				name: 'image',
				values: [
					{
						displayName: 'Source',
						name: 'source',
						type: 'options',
						options: [
							{ name: 'Input File', value: 'binary' },
							{ name: 'URL', value: 'url' },
						],
						default: 'binary',
						description: 'Where the image comes from',
					},
					{
						displayName: 'Input Data Field Name',
						name: 'binaryPropertyName',
						type: 'string',
						default: 'data',
						placeholder: 'e.g. photo_*',
						description: 'Name of the input field that holds the image file',
						hint: 'The name of the input field that holds the file. Several: data, logo. By pattern: photo_*, or * for all images.',
						displayOptions: { show: { source: ['binary'] } },
					},
					{
						displayName: 'URL',
						name: 'url',
						type: 'string',
						default: '',
						placeholder: 'e.g. https://example.com/person.jpg',
						description:
							'Public https link to a JPEG, PNG or WebP file. Several are separated by commas, in Figure order.',
						hint: 'A link to the file itself, starting with https://. Separate several with commas.',
						displayOptions: { show: { source: ['url'] } },
					},
				],
			},
		],
	},
	{
		displayName: 'Reference Video',
		name: 'referenceVideo',
		type: 'options',
		options: [
			{ name: 'None', value: 'none' },
			{ name: 'Input File', value: 'binary' },
			{ name: 'URL', value: 'url' },
		],
		default: 'none',
		description:
			'A clip whose motion and style to follow: MP4 or MOV, 3 to 10 seconds, up to 32 MiB, or 100 MB where n8n can send it as a link. 4K takes none.',
		hint: 'A reference video raises the price: on Standard to 1.5 times',
		displayOptions: { show },
	},
	{
		displayName: 'Input Data Field Name',
		name: 'videoBinaryPropertyName',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. clip',
		hint: 'The name of the input field that holds the reference video',
		displayOptions: { show: { ...show, referenceVideo: ['binary'] } },
	},
	{
		displayName: 'Video URL',
		name: 'videoUrl',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/motion.mp4',
		description: 'Public https link to an MP4 or MOV file of 3 to 10 seconds',
		hint: 'A link to the file itself, starting with https://',
		displayOptions: { show: { ...show, referenceVideo: ['url'] } },
	},
];
