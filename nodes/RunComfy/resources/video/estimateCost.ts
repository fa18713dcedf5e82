import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { optionsField, videoFields } from './fields/video';
import { routing } from '../shared/routing';

export const option: INodePropertyOptions = {
	name: 'Estimate Cost',
	value: 'estimateCost',
	action: 'Estimate video cost',
	description: 'Check the inputs and read the live price, without making a video',
	routing: routing(async () => (await import('../../operations/estimateCost')).estimateCost),
};

export const fields: INodeProperties[] = [
	...videoFields('estimateCost'),
	optionsField('estimateCost'),
];
