import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { OrderOf } from '../../run/item';
import type { Delivery } from '../../wait/delivery';
import { optionsField } from './optionsField';
import { requestField } from './requestField';
import type { Resource } from './resource';
import { routing } from './routing';
import { waitFields, type FileTexts } from './waitFields';

/** What a resource that takes orders adds to the operations that all of them have. */
export interface OrderResource extends Pick<Resource, 'name' | 'value' | 'subtitle'> {
	/** What it makes, as it stands in the names of actions. */
	noun: string;
	/** What the form says of the files that it makes. */
	fileTexts: FileTexts;
	/** The fields of a new order, required ones first. */
	orderFields(show: IDisplayOptions['show']): INodeProperties[];
	/** Its less common fields, besides the guards. */
	options: INodeProperties[];
	/** Loads what reads and checks one order; n8n loads the form without it. */
	loadOrder(): Promise<OrderOf>;
	/** Loads how its results are returned. */
	loadDelivery(): Promise<Delivery>;
}

const ORDERING = ['create', 'estimateCost', 'generate'];
const WAITING = ['generate', 'waitForCompletion'];
const ASKING = ['cancel', 'getStatus', 'waitForCompletion'];

const operationsOf = ({ noun, loadOrder, loadDelivery }: OrderResource): INodePropertyOptions[] => [
	{
		name: 'Cancel',
		value: 'cancel',
		action: `Cancel ${noun}`,
		description: 'Cancel a request that is still queued',
		routing: routing(async () =>
			(await import('../../operations/cancel')).cancel((await loadDelivery()).service),
		),
	},
	{
		name: 'Create',
		value: 'create',
		action: `Create ${noun} request`,
		description: `Order a ${noun} and go on at once with its request ID`,
		routing: routing(async () =>
			(await import('../../operations/create')).create(await loadOrder()),
		),
	},
	{
		name: 'Estimate Cost',
		value: 'estimateCost',
		action: `Estimate ${noun} cost`,
		description: `Check the inputs and read the live price, without making a ${noun}`,
		routing: routing(async () =>
			(await import('../../operations/estimateCost')).estimateCost(await loadOrder()),
		),
	},
	{
		name: 'Generate',
		value: 'generate',
		action: `Generate ${noun}`,
		description: `Make a ${noun}, wait for it and download it`,
		routing: routing(async () =>
			(await import('../../operations/generate')).generate(await loadOrder(), await loadDelivery()),
		),
	},
	{
		name: 'Get Status',
		value: 'getStatus',
		action: `Get ${noun} status`,
		description: 'Look once whether a request is finished, for an IF node',
		routing: routing(async () =>
			(await import('../../operations/getStatus')).getStatus((await loadDelivery()).service),
		),
	},
	{
		name: 'Wait for Completion',
		value: 'waitForCompletion',
		action: `Wait for ${noun} completion`,
		description: `Wait for a request and get its ${noun}, or fetch a finished one again`,
		routing: routing(async () =>
			(await import('../../operations/waitForCompletion')).waitForCompletion(await loadDelivery()),
		),
	},
];

/** A resource that takes orders, with the operations and fields that all of these have. */
export function orderResource(own: OrderResource): Resource {
	const showOn = (operation: string[]) => ({ resource: [own.value], operation });
	return {
		...own,
		operations: operationsOf(own),
		defaultOperation: 'generate',
		fields: [
			...own.orderFields(showOn(ORDERING)),
			requestField(showOn(ASKING)),
			...waitFields(showOn(WAITING), own),
			optionsField(showOn(ORDERING), own.options),
		],
	};
}
