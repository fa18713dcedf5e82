import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Answer } from '../api/answers';
import { clean, spoken } from '../text/clean';
import { Failure, toFailure, type FailureDetails } from '../api/failure';
import { read, stopped } from '../api/read';
import { phaseOf, type Phase } from '../api/states';
import type { RequestResult, RequestStatus } from '../api/types';
import { isUnset, shown } from '../text/values';
import { download } from '../output/download';
import { pairedItems, resultJson, videoUrlOf } from '../output/result';
import type { Purchase } from '../run/ledger';
import { nextLookMs } from '../api/pace';
import { pause } from '../n8n/pause';
import { cancelAfterStop } from './cancel';
import { perItem, type Item } from './perItem';
import { requestIdOf, soon } from './requestId';
import { waitOptions, type WaitOptions } from '../run/waitOptions';

/** Reads of a result that is completed without a video, before that is final. */
const MAX_EMPTY_RESULTS = 3;

/** Wait for Completion: waits for a request that was bought before, and puts out its video. */
export const waitForCompletion = perItem(async (item) => {
	const requestId = await requestIdOf(item);
	const { options, issues } = waitOptions(item.context);
	if (issues.length) throw new Failure(issues.join('. '), { submitted: 'yes', requestId });
	return await waitFor(item, { requestId, modelId: '', status: '' }, options, {});
});

/**
 * Waits until a request is finished, downloads its video and makes the output item. `purchase` is
 * kept up to date for whoever reports on the run; `extra` joins the json. Throws a Failure that
 * carries the request ID when the request ends otherwise, the time is up, or the user stops.
 */
export async function waitFor(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
	extra: IDataObject,
): Promise<INodeExecutionData[]> {
	try {
		const result = await finishedResult(item, purchase, options);
		purchase.modelId ||= String(result.model_id ?? '');
		const json = { ...resultJson(purchase, result), ...extra };
		const output: INodeExecutionData = { json, pairedItem: pairedItems(item) };
		if (options.downloadVideo) {
			const fresh = async () => videoUrlOf((await readResult(item, purchase, soon())).output);
			const binary = await download(item, purchase, options, fresh);
			output.binary = { [options.outputField]: binary };
			if (purchase.videoUrl) json.video_url = purchase.videoUrl;
		}
		return [output];
	} catch (error) {
		if (item.signal?.aborted) await cancelAfterStop(item, purchase, options.cancelOnStop);
		throw withRequest(toFailure(error, 'yes'), purchase);
	}
}

function withRequest(failure: Failure, purchase: Purchase): Failure {
	return failure.with(knownOf(purchase, failure.details.submitted));
}

/** Looks at the request until its result is final, and returns the result of a completed one. */
async function finishedResult(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
): Promise<RequestResult> {
	const { context, index, api, run, signal } = item;
	const deadline = Date.now() + options.timeoutMs;
	let [phase, looks]: [Phase, number] = ['unknown', 0];
	let told = '';
	for (let emptyResults = 0; ; ) {
		const path = `/v1/requests/${purchase.requestId}/status`;
		const known = knownOf(purchase);
		const answer = await read(api, path, {
			subject: 'request',
			deadline,
			signal,
			pace: run.pace,
			takesTurn: true,
			known,
		});
		const { status, queue_position } = (answer.json ?? {}) as RequestStatus;
		const seen = phaseOf(status);
		looks = seen === phase ? looks + 1 : 1;
		purchase.status = String(status ?? purchase.status);
		const position = isUnset(queue_position) ? '' : `, position ${queue_position}`;
		if (told !== purchase.status + position) {
			told = purchase.status + position;
			context.logger.info(`RunComfy: request ${purchase.requestId} is ${told}`, {
				itemIndex: index,
			});
		}
		phase = seen;
		if (phase !== 'queued' && phase !== 'running') {
			const result = await readResult(item, purchase, deadline);
			// A result without a state is what the status said.
			if (!isUnset(result.status)) purchase.status = String(result.status);
			phase = phaseOf(purchase.status);
			if (phase === 'completed') {
				purchase.videoUrl = videoUrlOf(result.output);
				if (purchase.videoUrl) return result;
				if (++emptyResults >= MAX_EMPTY_RESULTS) throw withoutVideo(purchase);
			} else if (phase !== 'queued' && phase !== 'running') {
				throw ended(phase, purchase, result, api.token);
			}
		}
		// The last look is at the deadline itself.
		const left = deadline - Date.now();
		if (left <= 0)
			throw phase === 'completed' ? withoutVideo(purchase) : timedOut(purchase, options);
		await pause(Math.min(left, nextLookMs(phase, looks, options.pollIntervalMs)), signal);
		if (signal?.aborted) throw stopped(knownOf(purchase));
	}
}

async function readResult(
	item: Item,
	purchase: Purchase,
	deadline: number,
): Promise<RequestResult> {
	const { api, run, signal } = item;
	const path = `/v1/requests/${purchase.requestId}/result?include_cost=true`;
	const known = knownOf(purchase);
	const answer: Answer = await read(api, path, {
		subject: 'request',
		deadline,
		signal,
		pace: run.pace,
		known,
	});
	return (answer.json ?? {}) as RequestResult;
}

/** What is known of a purchase, for a Failure. */
export function knownOf(
	{ requestId, status, videoUrl }: Purchase,
	submitted: FailureDetails['submitted'] = 'yes',
): Pick<FailureDetails, 'submitted'> & Partial<FailureDetails> {
	return { submitted, requestId, status: status || undefined, videoUrl };
}

const FETCH = 'Fetch it with Wait for Completion and its request ID.';

function ended(phase: Phase, purchase: Purchase, result: RequestResult, token?: string): Failure {
	const { requestId, status } = purchase;
	const known = { ...knownOf(purchase), reason: clean(spoken(result.error), token) || undefined };
	if (phase === 'failed') {
		const wayOut = 'Change the prompt or the references as the reason says, then run again.';
		return new Failure(`Request ${requestId} has failed: RunComfy could not make this video`, {
			...known,
			wayOut,
		});
	}
	if (phase === 'cancelled') return new Failure(`Request ${requestId} was cancelled`, known);
	return new Failure(
		`Request ${requestId} is in the state '${shown(status)}', which this node does not know`,
		{
			...known,
			wayOut: `Look at Generations on runcomfy.com. ${FETCH}`,
		},
	);
}

function withoutVideo(purchase: Purchase): Failure {
	return new Failure(
		`Request ${purchase.requestId} is completed, but RunComfy gives no video for it`,
		{
			...knownOf(purchase),
			wayOut: `Look at Generations on runcomfy.com. ${FETCH}`,
		},
	);
}

function timedOut(purchase: Purchase, { timeoutMs }: WaitOptions): Failure {
	const { requestId, status } = purchase;
	return new Failure(
		`Request ${requestId} was still ${status || 'not finished'} after ${timeoutMs / 1000} s`,
		{
			...knownOf(purchase),
			wayOut: `It goes on at RunComfy and is not lost. ${FETCH} Or raise 'Timeout (Seconds)' under Wait Options.`,
		},
	);
}
