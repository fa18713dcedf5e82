import { checkedTogether, rejected } from '../run/checkTogether';
import { perItem } from './perItem';
import { priceOf } from '../run/costLimit';
import { isCombinedAway, prepare } from '../resources/video/order';
import { pairedItems } from '../output/result';

/** Estimate Cost: the live price of what Generate would buy, checked the same way. */
export const estimateCost = perItem(async (item) => {
	if (isCombinedAway(item)) return [];
	const order = await checkedTogether(item, (item.entry.order ??= prepare(item, [], false)));
	if (!order) return undefined;
	if (order.issues.length) throw rejected([order]);
	const { cost, basePrice, unit, basis } = await priceOf(item, order);
	const json = {
		model_id: order.modelId,
		estimated_cost_usd: cost ?? null,
		base_price_usd: basePrice ?? null,
		price_unit: unit ?? null,
		basis,
		references: order.references,
		...(order.warnings.length && { warnings: order.warnings }),
	};
	return [{ json, pairedItem: pairedItems(item) }];
});
