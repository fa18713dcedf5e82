import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { guardFields } from './guardFields';

/** The less common fields of an order as one collection: the guards and `own`, by label, as n8n wants them. */
export const optionsField = (
	show: IDisplayOptions['show'],
	own: INodeProperties[],
): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: { show },
	options: [...guardFields, ...own].sort((one, other) =>
		one.displayName.localeCompare(other.displayName, 'en'),
	),
});
