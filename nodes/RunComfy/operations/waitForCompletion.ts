import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { Failure, toFailure } from '../api/failure';
import { isToolCall } from '../n8n/items';
import { deliver } from '../output/deliver';
import { resultJson, unfinishedJson } from '../output/result';
import { pairedItems } from '../run/combined';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { boughtInExecution } from '../run/purchases';
import { cancelAfterStop } from '../wait/cancel';
import type { Delivery } from '../wait/delivery';
import { finishedResult, knownOf } from '../wait/poll';
import { limitedWait } from '../wait/waitLimit';
import { waitOptions, type WaitOptions } from '../wait/waitOptions';
import { perRequest } from './perRequest';

/** Wait for Completion: waits for a request that was bought before, and returns its files. */
export const waitForCompletion = (delivery: Delivery) =>
	perRequest(async (item, requestId) => {
		const { options, issues } = waitOptions(item.context, delivery);
		if (issues.length) throw new Failure(issues.join('. '), { submitted: 'yes', requestId });
		const purchase = {
			service: delivery.service,
			requestId,
			target: '',
			status: '',
			...boughtInExecution(item.context, requestId),
		};
		return await waitFor(item, purchase, options, delivery, {});
	});

/**
 * Waits until a request is finished, downloads its files and makes the output item. `purchase` is
 * kept up to date for whoever reports on the run; `extra` joins the json. Throws a Failure that
 * carries the request ID when the request ends otherwise, the time is up, or the user stops. Whoever calls
 * the node as a tool is told to come back when the time is up.
 */
export async function waitFor(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
	delivery: Delivery,
	extra: IDataObject,
): Promise<INodeExecutionData[]> {
	try {
		const result = await finishedResult(item, purchase, limitedWait(item, options), delivery);
		// A download keeps no other item from being sent.
		item.run.submits.finished(item.index);
		purchase.target ||= String(result[delivery.service.targetField] ?? '');
		const { files, binary } = await deliver(item, purchase, result, delivery, options);
		const json = { ...resultJson(purchase, result, delivery.json(files)), ...extra };
		return [{ json, ...(binary && { binary }), pairedItem: pairedItems(item) }];
	} catch (error) {
		if (item.signal?.aborted) await cancelAfterStop(item, purchase, options.cancelOnStop);
		const failure = toFailure(error, 'yes', item.api.clean);
		if (failure.details.isUnfinished && isToolCall(item.context))
			return [{ json: unfinishedJson(purchase, delivery.noun), pairedItem: pairedItems(item) }];
		throw failure.with(knownOf(purchase, failure.details.submitted));
	}
}
