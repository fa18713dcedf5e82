import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { stopped } from '../api/read';
import { pairedItems } from '../output/result';
import type { Purchase } from '../run/ledger';
import { checkedTogether, rejected } from '../run/checkTogether';
import { perItem, type Item } from './perItem';
import { isCombinedAway, prepare, type Order } from '../resources/video/order';
import { submit } from '../run/submit';

/** Create: submits one video and returns at once. */
export const create = perItem(async (item) => {
	if (isCombinedAway(item)) return [];
	const bought = await buy(item, []);
	if (!bought) return undefined;
	const { purchase, order } = bought;
	const url = `${item.api.baseUrl}/v1/requests/${purchase.requestId}`;
	const json: IDataObject = {
		request_id: purchase.requestId,
		model_id: purchase.modelId,
		status: purchase.status,
		references: order.references,
		...(order.warnings.length && { warnings: order.warnings }),
		status_url: `${url}/status`,
		result_url: `${url}/result`,
		cancel_url: `${url}/cancel`,
	};
	return [{ json, pairedItem: pairedItems(item) }] as INodeExecutionData[];
});

/**
 * Buys the item's video: checks it together with all items of its batch, then submits once. An item
 * that bought before, in an earlier attempt of this run, gets the same purchase again. Undefined
 * when nothing is to be bought because another item failed. `issues` are the operation's own.
 */
export async function buy(
	item: Item,
	issues: string[],
): Promise<{ purchase: Purchase; order: Order } | undefined> {
	const { entry, attempt } = item;
	entry.order ??= prepare(item, issues);
	const order = await checkedTogether(item, entry.order);
	if (!order) return undefined;
	if (!entry.submit && order.issues.length) throw rejected([order]);
	entry.submit ??= item.run.transfers.use(async () => {
		if (item.signal?.aborted) throw stopped({ submitted: 'no' });
		// An item before this one failed while this one waited for its turn.
		if (attempt.doomed) return undefined;
		const sent = submit(item, order);
		// Known before the next in line gets the slot.
		if (!item.context.continueOnFail()) sent.catch(() => (attempt.doomed = true));
		return await sent;
	});
	entry.submit.catch((error: unknown) => {
		if (error instanceof Failure && error.details.submitted === 'no') entry.submit = undefined;
	});
	entry.purchase = await entry.submit;
	if (entry.purchase) return { purchase: entry.purchase, order };
	entry.submit = undefined;
	return undefined;
}
