import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { cancel } from '../../operations/cancel';
import { requestFields } from './fields/request';

export const option: INodePropertyOptions = {
	name: 'Cancel',
	value: 'cancel',
	action: 'Cancel video',
	description: 'Cancel a request that is still queued',
	routing: { send: { paginate: true }, operations: { pagination: cancel } },
};

export const fields: INodeProperties[] = requestFields('cancel');
