import type { IDataObject } from 'n8n-workflow';

import { verdictOf, type Answer } from '../api/answers';
import { call, type Api, type Lost } from '../api/client';
import { Failure } from '../api/failure';
import { evidence, refusal } from '../api/refusals';
import { phaseOf } from '../api/states';
import { isBoughtHere, type Purchase } from '../run/ledger';
import { perItem, type Item } from './item';
import { requestIdOf } from './requestId';

/** How long a cancel may take, in ms. */
const CANCEL_TIMEOUT_MS = 30_000;
/** The same after the user stopped the execution: the whole end is to take no more than 5 s. */
const CANCEL_AFTER_STOP_MS = 2_500;

/** Cancel: asks RunComfy to cancel a queued request, and says what really happened. */
export const cancel = perItem(async (item) => {
	const { api, index } = item;
	const requestId = await requestIdOf(item);
	const known = { submitted: 'yes', requestId } as const;
	const answer = await sendCancel(api, requestId, CANCEL_TIMEOUT_MS);
	if ('lost' in answer || verdictOf(answer) === 'passing') {
		throw new Failure('RunComfy did not confirm the cancellation', {
			...known,
			...evidence(answer, api.token),
			wayOut: 'See with Get Status what became of the request.',
		});
	}
	if (verdictOf(answer) === 'refused') throw refusal(answer, 'request', known, api.token);
	return [{ json: { request_id: requestId, ...outcomeOf(answer) }, pairedItem: { item: index } }];
});

/** What a cancel brought about; RunComfy answers 2xx to both outcomes. */
function outcomeOf({ json = {} }: Answer): IDataObject {
	const { outcome, status } = json;
	const isCancelled =
		outcome === undefined || outcome === null
			? phaseOf(status) === 'cancelled'
			: phaseOf(outcome) === 'cancelled';
	return {
		...(status !== undefined && { status }),
		outcome: isCancelled ? 'cancelled' : 'not_cancellable',
		is_cancelled: isCancelled,
	};
}

/** Cancelling twice does no harm, but one try is enough: RunComfy may just have started. */
async function sendCancel(
	api: Api,
	requestId: string,
	timeoutMs: number,
	signal?: AbortSignal,
): Promise<Answer | Lost> {
	return await call(api, {
		method: 'POST',
		path: `/v1/requests/${requestId}/cancel`,
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
	const { api, entry, context } = item;
	const { requestId, status } = purchase;
	// Retry On Fail comes here again after a stop.
	if (entry.stopReported) return;
	entry.stopReported = true;
	const phase = phaseOf(status);
	const log = (what: string) =>
		context.logger.info(`RunComfy: stopped; request ${requestId} ${what}`);
	const isOwn = entry.purchase === purchase || isBoughtHere(context, requestId);
	if (!isWanted || !isOwn) return log(`goes on (${status || 'state not known'})`);
	// A wait that was stopped before its first look knows no state.
	if (status && phase !== 'queued') return log(`cannot be cancelled any more (${status})`);
	const timeout = AbortSignal.timeout(CANCEL_AFTER_STOP_MS);
	const answer = await sendCancel(api, requestId, CANCEL_AFTER_STOP_MS, timeout);
	if ('lost' in answer || verdictOf(answer) !== 'ok')
		return log('did not confirm its cancellation');
	const { outcome } = outcomeOf(answer);
	purchase.status = outcome === 'cancelled' ? 'cancelled' : purchase.status;
	log(`is ${String(outcome)}`);
}
