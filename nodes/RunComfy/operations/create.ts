import type { IDataObject } from 'n8n-workflow';

import { buy } from '../run/buy';
import { pairedItems } from '../run/combined';
import type { OrderOf } from '../run/item';
import { perOrder } from './perItem';

/** Create: submits one order and returns at once. */
export const create = (orderOf: OrderOf) =>
	perOrder(async (entered) => {
		const bought = await buy(entered, orderOf, []);
		if (bought === 'heldBack') return bought;
		const { item, purchase, order } = bought;
		const url = `${item.api.baseUrl}/v1/requests/${purchase.requestId}`;
		const json: IDataObject = {
			request_id: purchase.requestId,
			model_id: purchase.modelId,
			status: purchase.status,
			references: order.references,
			...(purchase.reused && { reused: true }),
			...(order.warnings.length && { warnings: order.warnings }),
			status_url: `${url}/status`,
			result_url: `${url}/result`,
			cancel_url: `${url}/cancel`,
		};
		return [{ json, pairedItem: pairedItems(item) }];
	});
