import { buy } from '../buy/buy';
import { describe } from '../order/references';
import type { OrderOf } from '../run/item';
import type { Delivery } from '../wait/delivery';
import { waitOptions } from '../wait/waitOptions';
import { inTime } from './inTime';
import { perOrder } from './perItem';
import { waitFor } from './waitForCompletion';

/** Generate: create, then wait. */
export const generate = (orderOf: OrderOf, delivery: Delivery) =>
	perOrder(async (entered) => {
		const { options, issues } = waitOptions(entered.context, delivery);
		const buying = buy(entered, orderOf, issues);
		const bought = await (options.isTimeoutSet ? buying : inTime(entered, buying));
		if (typeof bought === 'string') return bought;
		const { item, purchase, order } = bought;
		const { warnings } = order;
		return await waitFor(item, purchase, options, delivery, {
			references: describe(order),
			...(purchase.reused && { reused: true }),
			...(warnings.length && { warnings }),
		});
	});
