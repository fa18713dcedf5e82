import type { INodeProperties } from 'n8n-workflow';

/** Label of the additional input in the form. */
export const ADDITIONAL_LABEL = 'Additional Input (JSON)';

/** The way around the form; `example` shows what is meant. */
export const additionalField = (example: string, description: string): INodeProperties => ({
	displayName: ADDITIONAL_LABEL,
	name: 'additionalInput',
	type: 'json',
	default: '{}',
	placeholder: `e.g. ${example}`,
	description,
});
