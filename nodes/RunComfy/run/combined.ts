import type { IPairedItemData } from 'n8n-workflow';

import { inputItems } from '../n8n/items';
import type { Item } from './item';

type Position = Pick<Item, 'context' | 'index'>;

/** Whether all input items make one purchase together. */
export function combines({ context }: Pick<Item, 'context'>): boolean {
	return context.getNodeParameter('inputItems', 'each') === 'combine';
}

/** Whether an item stands for no purchase of its own, since all items make one together. */
export function belongsToFirstItem(item: Position): boolean {
	return item.index > 0 && combines(item);
}

/** The input items that an output item came from: its own, or all when they make one purchase. */
export function pairedItems(item: Position): IPairedItemData | IPairedItemData[] {
	return combines(item)
		? inputItems(item.context).map((_, index) => ({ item: index }))
		: { item: item.index };
}
