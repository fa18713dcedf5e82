import type { IDataObject } from 'n8n-workflow';

import { at } from '../api/services';
import { buy } from '../buy/buy';
import { deletesFilesSoon } from '../n8n/savedFiles';
import { describe } from '../order/references';
import { targetJson } from '../output/result';
import { pairedItems } from '../run/combined';
import type { OrderOf } from '../run/item';
import { inTime } from './inTime';
import { perOrder } from './perItem';

const FILES_DELETED =
	"The files were sent as links, but the workflow's settings have n8n delete them soon after the execution ends, and RunComfy may not have read them by then. Save successful executions, or wait for the clip in the same execution.";

/** Create: submits one order and does not wait for it. */
export const create = (orderOf: OrderOf) =>
	perOrder(async (entered) => {
		const bought = await inTime(entered, buy(entered, orderOf, []));
		if (typeof bought === 'string') return bought;
		const { item, purchase, order } = bought;
		const warnings = [...order.warnings];
		if (order.linked.size && deletesFilesSoon(item.context)) warnings.push(FILES_DELETED);
		const { service } = purchase;
		const url = at(item.api, service).baseUrl + service.requestPath(purchase);
		const json: IDataObject = {
			request_id: purchase.requestId,
			...targetJson(purchase),
			status: purchase.status,
			references: describe(order),
			...(purchase.reused && { reused: true }),
			...(warnings.length && { warnings }),
			status_url: `${url}/status`,
			result_url: `${url}/result`,
			cancel_url: `${url}/cancel`,
		};
		return [{ json, pairedItem: pairedItems(item) }];
	});
