import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { create } from '../../operations/create';
import { optionsField, videoFields } from './fields/video';

export const option: INodePropertyOptions = {
	name: 'Create',
	value: 'create',
	action: 'Create video request',
	description: 'Submit a video and go on at once with its request ID',
	routing: { send: { paginate: true }, operations: { pagination: create } },
};

export const fields: INodeProperties[] = [...videoFields('create'), optionsField('create')];
