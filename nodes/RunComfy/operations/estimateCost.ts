import { checkTogether } from '../check/checkTogether';
import { priceOf } from '../check/costLimit';
import { prepare } from '../check/prepare';
import { describe } from '../order/references';
import { rejected } from '../order/rejected';
import { targetJson } from '../output/result';
import { pairedItems } from '../run/combined';
import type { OrderOf } from '../run/item';
import { perOrder } from './perItem';

/** Estimate Cost: the live price of what Generate would buy, checked the same way. */
export const estimateCost = (orderOf: OrderOf) =>
	perOrder(async (entered) => {
		entered.entry.order ??= prepare(entered, orderOf, [], false);
		const order = await checkTogether(entered, entered.entry.order);
		if (order === 'heldBack') return order;
		if (order.issues.length) throw rejected([order]);
		const item = await entered.connected();
		const { cost, basePrice, unit, basis } = await priceOf(item, order);
		const json = {
			...targetJson(order),
			estimated_cost_usd: cost ?? null,
			base_price_usd: basePrice ?? null,
			price_unit: unit ?? null,
			basis,
			references: describe(order),
			...(order.warnings.length && { warnings: order.warnings }),
		};
		return [{ json, pairedItem: pairedItems(item) }];
	});
