import { buy } from './create';
import { perItem } from './perItem';
import { isCombinedAway } from '../resources/video/order';
import { waitFor } from './waitForCompletion';
import { waitOptions } from '../run/waitOptions';

/** Generate: create, then wait. */
export const generate = perItem(async (item) => {
	if (isCombinedAway(item)) return [];
	const { options, issues } = waitOptions(item.context);
	const bought = await buy(item, issues);
	if (!bought) return undefined;
	const { purchase, order } = bought;
	const { references, warnings } = order;
	return await waitFor(item, purchase, options, {
		references,
		...(warnings.length && { warnings }),
	});
});
