import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { generate } from '../../operations/generate';
import { optionsField, videoFields } from './fields/video';
import { waitFields } from './fields/wait';

export const option: INodePropertyOptions = {
	name: 'Generate',
	value: 'generate',
	action: 'Generate video',
	description: 'Make a video, wait for it and download it',
	routing: { send: { paginate: true }, operations: { pagination: generate } },
};

export const fields: INodeProperties[] = [
	...videoFields('generate'),
	...waitFields('generate'),
	optionsField('generate'),
];
