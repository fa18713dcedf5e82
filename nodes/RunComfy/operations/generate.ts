import { buy } from '../run/buy';
import type { OrderOf } from '../run/item';
import { waitOptions } from '../run/waitOptions';
import { perOrder } from './perItem';
import { waitFor } from './waitForCompletion';

/** Generate: create, then wait. */
export const generate = (orderOf: OrderOf) =>
	perOrder(async (entered) => {
		const { options, issues } = waitOptions(entered.context);
		const bought = await buy(entered, orderOf, issues);
		if (bought === 'heldBack') return bought;
		const { item, purchase, order } = bought;
		const { references, warnings } = order;
		return await waitFor(item, purchase, options, {
			references,
			...(purchase.reused && { reused: true }),
			...(warnings.length && { warnings }),
		});
	});
