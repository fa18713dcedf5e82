import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { getStatus } from '../../operations/getStatus';
import { requestFields } from './fields/request';

export const option: INodePropertyOptions = {
	name: 'Get Status',
	value: 'getStatus',
	action: 'Get video status',
	description: 'Look once at a request, for an IF node',
	routing: { send: { paginate: true }, operations: { pagination: getStatus } },
};

export const fields: INodeProperties[] = requestFields('getStatus');
