import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { optionsField, videoFields } from './fields/video';
import { waitFields } from '../shared/waitFields';
import { routing } from '../shared/routing';

export const option: INodePropertyOptions = {
	name: 'Generate',
	value: 'generate',
	action: 'Generate video',
	description: 'Make a video, wait for it and download it',
	routing: routing(async () => (await import('../../operations/generate')).generate),
};

export const fields: INodeProperties[] = [
	...videoFields('generate'),
	...waitFields('generate'),
	optionsField('generate'),
];
