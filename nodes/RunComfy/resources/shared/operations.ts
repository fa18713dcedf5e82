import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { OrderOf } from '../../run/item';
import { requestField } from './requestField';
import { routing } from './routing';
import { waitFields } from './waitFields';

/** What a resource adds to the operations that all of them have. */
export interface Resource {
	name: string;
	value: string;
	/** What it makes, as it stands in the names of actions. */
	noun: string;
	/** The fields of a new order, required ones first. */
	orderFields(show: IDisplayOptions['show']): INodeProperties[];
	/** Its less common fields, as one collection. */
	optionsField(show: IDisplayOptions['show']): INodeProperties;
	/** A JavaScript expression for what the subtitle says behind the operation. */
	subtitle: string;
	/** Loads what reads and checks one order; n8n loads the form without it. */
	loadOrder(): Promise<OrderOf>;
}

/** The names of the operations; n8n wants options sorted by name from five on. */
const NAMES = {
	cancel: 'Cancel',
	create: 'Create',
	estimateCost: 'Estimate Cost',
	generate: 'Generate',
	getStatus: 'Get Status',
	waitForCompletion: 'Wait for Completion',
};

const ORDERING = ['create', 'estimateCost', 'generate'];
const WAITING = ['generate', 'waitForCompletion'];
const ASKING = ['cancel', 'getStatus', 'waitForCompletion'];

const optionsOf = ({ noun, loadOrder }: Resource): INodePropertyOptions[] => [
	{
		name: NAMES.cancel,
		value: 'cancel',
		action: `Cancel ${noun}`,
		description: 'Cancel a request that is still queued',
		routing: routing(async () => (await import('../../operations/cancel')).cancel),
	},
	{
		name: NAMES.create,
		value: 'create',
		action: `Create ${noun} request`,
		description: `Order a ${noun} and go on at once with its request ID`,
		routing: routing(async () =>
			(await import('../../operations/create')).create(await loadOrder()),
		),
	},
	{
		name: NAMES.estimateCost,
		value: 'estimateCost',
		action: `Estimate ${noun} cost`,
		description: `Check the inputs and read the live price, without making a ${noun}`,
		routing: routing(async () =>
			(await import('../../operations/estimateCost')).estimateCost(await loadOrder()),
		),
	},
	{
		name: NAMES.generate,
		value: 'generate',
		action: `Generate ${noun}`,
		description: `Make a ${noun}, wait for it and download it`,
		routing: routing(async () =>
			(await import('../../operations/generate')).generate(await loadOrder()),
		),
	},
	{
		name: NAMES.getStatus,
		value: 'getStatus',
		action: `Get ${noun} status`,
		description: 'Look once whether a request is finished, for an IF node',
		routing: routing(async () => (await import('../../operations/getStatus')).getStatus),
	},
	{
		name: NAMES.waitForCompletion,
		value: 'waitForCompletion',
		action: `Wait for ${noun} completion`,
		description: `Wait for a request and get its ${noun}, or fetch a finished one again`,
		routing: routing(
			async () => (await import('../../operations/waitForCompletion')).waitForCompletion,
		),
	},
];

/** All fields of the node: the resources, and the operations and fields of each. */
export function propertiesOf(resources: Resource[]): INodeProperties[] {
	const known = Object.fromEntries(resources.map(({ value }) => [value, Object.keys(NAMES)]));
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

function fieldsOf(resource: Resource): INodeProperties[] {
	const showOn = (operation: string[]) => ({ resource: [resource.value], operation });
	return [
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: [resource.value] } },
			options: optionsOf(resource),
			default: 'generate',
		},
		...resource.orderFields(showOn(ORDERING)),
		requestField(showOn(ASKING)),
		...waitFields(showOn(WAITING)),
		resource.optionsField(showOn(ORDERING)),
	];
}

/** What n8n shows below the node's name: the operation, and what the resource adds. */
export function subtitleOf(resources: Resource[]): string {
	const details = resources.map(({ value, subtitle }) => `${value}: ${subtitle}`);
	return `={{ (${JSON.stringify(NAMES)})[$parameter["operation"]] + ({ ${details.join(', ')} })[$parameter["resource"]] }}`;
}
