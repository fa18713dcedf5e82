import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { routing } from './routing';

/** A part of RunComfy: its operations, and the fields of each. */
export interface Resource {
	name: string;
	value: string;
	operations: INodePropertyOptions[];
	/** The operation that its form begins with. */
	defaultOperation: string;
	/** Its fields, each shown for operations of its own. */
	fields: INodeProperties[];
	/** A JavaScript expression for what the subtitle says behind the operation. */
	subtitle: string;
}

/** All fields of the node: the resources, and the operations and fields of each. */
export function propertiesOf(resources: Resource[]): INodeProperties[] {
	const known = Object.fromEntries(
		resources.map(({ value, operations }) => [value, operations.map((one) => String(one.value))]),
	);
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value }) => ({ name, value })),
			default: 'video',
			// What n8n calls when no option of 'operation' fits, since those come later and replace it.
			routing: routing(async () => (await import('../../operations/unknown')).unknown(known)),
		},
		...resources.flatMap(fieldsOf),
	];
}

const fieldsOf = ({ value, operations, defaultOperation, fields }: Resource): INodeProperties[] => [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		// n8n wants them sorted by name from five on.
		options: [...operations].sort((one, other) => one.name.localeCompare(other.name, 'en')),
		default: defaultOperation,
	},
	...fields,
];

/** What n8n shows below the node's name: the operation, and what the resource adds. */
export function subtitleOf(resources: Resource[]): string {
	const names = Object.fromEntries(
		resources.flatMap(({ operations }) => operations.map(({ name, value }) => [value, name])),
	);
	const details = resources.map(({ value, subtitle }) => `${value}: ${subtitle}`);
	return `={{ (${JSON.stringify(names)})[$parameter["operation"]] + ({ ${details.join(', ')} })[$parameter["resource"]] }}`;
}
