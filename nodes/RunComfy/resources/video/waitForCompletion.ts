import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { requestFields } from '../shared/requestField';
import { waitFields } from '../shared/waitFields';
import { routing } from '../shared/routing';

export const option: INodePropertyOptions = {
	name: 'Wait for Completion',
	value: 'waitForCompletion',
	action: 'Wait for video completion',
	description: 'Wait for a request and get its video, or fetch a finished one again',
	routing: routing(async () => (await import('../../operations/waitForCompletion')).waitForCompletion),
};

export const fields: INodeProperties[] = [
	...requestFields('waitForCompletion'),
	...waitFields('waitForCompletion'),
];
