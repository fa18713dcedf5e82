import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import { Failure, toFailure } from '../api/failure';
import { READ_DEADLINE_MS } from '../api/read';
import { videoUrlOf } from '../api/results';
import { now } from '../n8n/clock';
import { isToolCall } from '../n8n/items';
import { download } from '../output/download';
import { resultJson, unfinishedJson } from '../output/result';
import { sampleFile } from '../output/sampleFile';
import { cancelAfterStop } from '../run/cancel';
import { pairedItems } from '../run/combined';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { finishedResult, knownOf, readResult } from '../run/poll';
import { boughtHere } from '../run/remembered';
import { limitedWait } from '../run/waitLimit';
import { waitOptions, type WaitOptions } from '../run/waitOptions';
import { perRequest } from './perRequest';

/** Wait for Completion: waits for a request that was bought before, and returns its video. */
export const waitForCompletion = perRequest(async (item, requestId) => {
	const { options, issues } = waitOptions(item.context);
	if (issues.length) throw new Failure(issues.join('. '), { submitted: 'yes', requestId });
	const purchase = { requestId, modelId: '', status: '', ...boughtHere(item.context, requestId) };
	return await waitFor(item, purchase, options, {});
});

/**
 * Waits until a request is finished, downloads its video and makes the output item. `purchase` is
 * kept up to date for whoever reports on the run; `extra` joins the json. Throws a Failure that
 * carries the request ID when the request ends otherwise, the time is up, or the user stops. Whoever calls
 * the node as a tool is told to come back when the time is up.
 */
export async function waitFor(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
	extra: IDataObject,
): Promise<INodeExecutionData[]> {
	try {
		const result = await finishedResult(item, purchase, limitedWait(item, options));
		// A download keeps no other item from being sent.
		item.run.submits.finished(item.index);
		purchase.modelId ||= String(result.model_id ?? '');
		const json = { ...resultJson(purchase, result), ...extra };
		const output: INodeExecutionData = { json, pairedItem: pairedItems(item) };
		if (options.downloadVideo) {
			const freshUrl = async () =>
				videoUrlOf((await readResult(item, purchase, now() + READ_DEADLINE_MS)).output);
			const binary = isDryRunId(purchase.requestId)
				? await sampleFile(item, purchase, options)
				: await download(item, purchase, options, freshUrl);
			output.binary = { [options.outputField]: binary };
			if (purchase.videoUrl) json.video_url = purchase.videoUrl;
		}
		return [output];
	} catch (error) {
		if (item.signal?.aborted) await cancelAfterStop(item, purchase, options.cancelOnStop);
		const failure = toFailure(error, 'yes', item.api.clean);
		if (failure.details.isUnfinished && isToolCall(item.context))
			return [{ json: unfinishedJson(purchase), pairedItem: pairedItems(item) }];
		throw failure.with(knownOf(purchase, failure.details.submitted));
	}
}
