import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { requestFields } from '../shared/requestField';
import { routing } from '../shared/routing';

export const option: INodePropertyOptions = {
	name: 'Cancel',
	value: 'cancel',
	action: 'Cancel video',
	description: 'Cancel a request that is still queued',
	routing: routing(async () => (await import('../../operations/cancel')).cancel),
};

export const fields: INodeProperties[] = requestFields('cancel');
