import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { REQUEST_ID_LABEL } from '../../check/labels';

/** The field of the operations that go on with a request bought before. */
export const requestField = (show: IDisplayOptions['show']): INodeProperties => ({
	displayName: REQUEST_ID_LABEL,
	name: 'requestId',
	type: 'string',
	required: true,
	default: '={{ $json.request_id }}',
	placeholder: 'e.g. 3f2b8c1e-5d4a-4e0b-9b7a-2c6d8e9f0a1b',
	description:
		"The 'request_id' returned by Create or Generate, or named by a message or n8n's log. Several are separated by commas, and make one output item each.",
	hint: 'Taken from the incoming item, unless you set it',
	displayOptions: { show },
});
