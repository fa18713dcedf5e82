import type { IDataObject } from 'n8n-workflow';

import { verdictOf, type Answer } from '../api/answers';
import { call, type Api } from '../api/client';
import type { NoResponse } from '../api/noResponse';
import { at, cancelPath } from '../api/services';
import { phaseOf } from '../api/states';
import type { ServedRequest } from '../reads/request';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { boughtInExecution } from '../run/purchases';
import { isUnset } from '../text/values';

/** How long a cancel may take after the user stopped the execution, in ms: the whole end is to take no more
 * than 5 s. */
const CANCEL_AFTER_STOP_MS = 2_500;

/** Whether a cancel was answered, and not refused. */
export const isOk = (answer: Answer | NoResponse): answer is Answer =>
	!('noResponse' in answer) && verdictOf(answer) === 'ok';

/**
 * What a cancel brought about; RunComfy answers 2xx to both outcomes. Without an outcome, the state
 * decides; undefined when that is still queued or not known.
 */
export function outcomeOf(answer: Answer | NoResponse): IDataObject | undefined {
	if (!isOk(answer)) return undefined;
	const { outcome, status } = answer.json ?? {};
	const phase = phaseOf(status);
	if (isUnset(outcome) && (phase === 'queued' || phase === 'unknown')) return undefined;
	const isCancelled = (isUnset(outcome) ? phase : phaseOf(outcome)) === 'cancelled';
	return {
		...(!isUnset(status) && { status }),
		outcome: isCancelled ? 'cancelled' : 'not_cancellable',
		is_cancelled: isCancelled,
	};
}

/** Cancelling twice does no harm, but one try is enough: RunComfy may just have started. */
export async function sendCancel(
	api: Api,
	request: ServedRequest,
	timeoutMs: number,
	signal?: AbortSignal,
): Promise<Answer | NoResponse> {
	return await call(at(api, request.service), {
		method: 'POST',
		path: cancelPath(request.service, request),
		timeoutMs,
		signal,
	});
}

/**
 * After the user stopped the execution: cancels a request that it bought and that is still queued, and
 * logs what became of it. Takes a few seconds at most and never throws.
 */
export async function cancelAfterStop(
	item: Item,
	purchase: Purchase,
	isWanted: boolean,
): Promise<void> {
	const { api, entry, context, run } = item;
	const { requestId, status } = purchase;
	// Retry On Fail comes here again after a stop.
	if (entry.stopReported) return;
	entry.stopReported = true;
	const phase = phaseOf(status);
	const log = (what: string) =>
		context.logger.info(`RunComfy: stopped; request ${requestId} ${what}`);
	const isOwn =
		(entry.purchase === purchase && !purchase.reused) ||
		boughtInExecution(context, requestId) !== undefined;
	if (!isWanted || !isOwn) return log(`goes on (${status || 'state not known'})`);
	// A wait that was stopped before its first look knows no state; a word that nobody knows may mean a queue.
	if (status && phase !== 'queued' && phase !== 'unknown')
		return log(`cannot be cancelled any more (${status})`);
	// Several items may wait for it, such as those with one idempotency key.
	if (run.cancelled.has(requestId)) return;
	run.cancelled.add(requestId);
	const timeout = AbortSignal.timeout(CANCEL_AFTER_STOP_MS);
	const answer = await sendCancel(api, purchase, CANCEL_AFTER_STOP_MS, timeout);
	const outcome = outcomeOf(answer);
	if (!outcome) return log('did not confirm its cancellation');
	if (outcome.is_cancelled) purchase.status = 'cancelled';
	log(`is ${String(outcome.outcome)}`);
}
