import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { requestFields } from '../shared/requestField';
import { routing } from '../shared/routing';

export const option: INodePropertyOptions = {
	name: 'Get Status',
	value: 'getStatus',
	action: 'Get video status',
	description: 'Look once whether a request is finished, for an IF node',
	routing: routing(async () => (await import('../../operations/getStatus')).getStatus),
};

export const fields: INodeProperties[] = requestFields('getStatus');
