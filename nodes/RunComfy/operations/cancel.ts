import type { IDataObject } from 'n8n-workflow';

import { verdictOf, type Answer } from '../api/answers';
import { call, type Api, type Lost } from '../api/client';
import { Failure } from '../api/failure';
import { read } from '../api/read';
import { evidence, refusal } from '../api/refusals';
import { phaseOf } from '../api/states';
import { isUnset } from '../text/values';
import { isBoughtHere, type Purchase } from '../run/ledger';
import { perItem, type Item } from './perItem';
import { requestIdOf, soon } from './requestId';

/** How long a cancel may take, in ms. */
const CANCEL_TIMEOUT_MS = 30_000;
/** The same after the user stopped the execution: the whole end is to take no more than 5 s. */
const CANCEL_AFTER_STOP_MS = 2_500;

/** Cancel: asks RunComfy to cancel a queued request, and says what really happened. */
export const cancel = perItem(async (item) => {
	const { api, index, run, signal } = item;
	const requestId = await requestIdOf(item);
	const known = { submitted: 'yes', requestId } as const;
	let answer = await sendCancel(api, requestId, CANCEL_TIMEOUT_MS);
	if (!('lost' in answer) && verdictOf(answer) === 'refused')
		throw refusal(answer, 'request', known, api.token);
	if (isOk(answer) && !outcomeOf(answer)) {
		const options = { subject: 'request', deadline: soon(), signal, known } as const;
		answer = await read(api, `/v1/requests/${requestId}/status`, {
			...options,
			pace: run.pace,
			takesTurn: true,
		});
	}
	const outcome = outcomeOf(answer);
	if (!outcome) {
		throw new Failure('RunComfy did not confirm the cancellation', {
			...known,
			...(isOk(answer)
				? { status: answer.json?.status as string | undefined }
				: evidence(answer, api.token)),
			wayOut: 'See with Get Status what became of the request.',
		});
	}
	return [{ json: { request_id: requestId, ...outcome }, pairedItem: { item: index } }];
});

const isOk = (answer: Answer | Lost): answer is Answer =>
	!('lost' in answer) && verdictOf(answer) === 'ok';

/**
 * What a cancel brought about; RunComfy answers 2xx to both outcomes. Without an outcome the state
 * tells; undefined when that is still queued or not known.
 */
function outcomeOf(answer: Answer | Lost): IDataObject | undefined {
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
	const outcome = outcomeOf(answer);
	if (!outcome) return log('did not confirm its cancellation');
	if (outcome.is_cancelled) purchase.status = 'cancelled';
	log(`is ${String(outcome.outcome)}`);
}
