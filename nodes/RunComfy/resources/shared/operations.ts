import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { optionsField, videoFields } from '../video/fields/video';
import { routing } from './routing';

export const option: INodePropertyOptions = {
	name: 'Create',
	value: 'create',
	action: 'Create video request',
	description: 'Order a video and go on at once with its request ID',
	routing: routing(async () => (await import('../../operations/create')).create),
};

export const fields: INodeProperties[] = [...videoFields('create'), optionsField('create')];
