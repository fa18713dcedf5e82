import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { estimateCost } from '../../operations/estimateCost';
import { optionsField, videoFields } from './fields/video';

export const option: INodePropertyOptions = {
	name: 'Estimate Cost',
	value: 'estimateCost',
	action: 'Estimate video cost',
	description: 'Check the inputs and read the live price, without making a video',
	routing: { send: { paginate: true }, operations: { pagination: estimateCost } },
};

export const fields: INodeProperties[] = [
	...videoFields('estimateCost'),
	optionsField('estimateCost'),
];
