import { Failure, stopped, type Known, type Submitted } from '../api/failure';
import { read } from '../api/read';
import { videoUrlOf } from '../api/results';
import { phaseOf, type Phase } from '../api/states';
import type { RequestResult, RequestStatus } from '../api/types';
import { pause } from '../n8n/pause';
import { messageIn } from '../text/clean';
import { isUnset, preview } from '../text/values';
import type { Item } from './item';
import type { Purchase } from './ledger';
import type { WaitOptions } from './waitOptions';

/** Reads of a result that is completed without a video, before that is final. */
const MAX_EMPTY_RESULTS = 3;
/** A queued request is looked at less and less often, up to this. */
const MAX_QUEUED_INTERVAL_MS = 10_000;
const QUEUED_GROWTH = 1.5;

/** Milliseconds until the next look at a request that was in `phase` for `looks` looks in a row. */
export function nextLookMs(phase: Phase, looks: number, pollIntervalMs: number): number {
	if (phase !== 'queued') return pollIntervalMs;
	const slowest = Math.max(pollIntervalMs, MAX_QUEUED_INTERVAL_MS);
	return Math.min(slowest, pollIntervalMs * QUEUED_GROWTH ** (looks - 1));
}

/** Looks at the request until its result is final, and returns the result of a completed one. */
export async function finishedResult(
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
				throw ended(phase, purchase, api.clean(messageIn(result.error)));
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

/** Reads the result of a request, finished or not. */
export async function readResult(
	item: Item,
	purchase: Purchase,
	deadline: number,
): Promise<RequestResult> {
	const { api, run, signal } = item;
	const path = `/v1/requests/${purchase.requestId}/result?include_cost=true`;
	const known = knownOf(purchase);
	const answer = await read(api, path, {
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
	submitted: Submitted = 'yes',
): Known {
	return { submitted, requestId, status: status || undefined, videoUrl };
}

const FETCH = 'Fetch it with Wait for Completion and its request ID.';

function ended(phase: Phase, purchase: Purchase, reason: string): Failure {
	const { requestId, status } = purchase;
	const known = { ...knownOf(purchase), reason: reason || undefined };
	if (phase === 'failed') {
		const hint = 'Change the prompt or the references as the reason says, then run again.';
		return new Failure(`Request ${requestId} has failed: RunComfy could not make this video`, {
			...known,
			hint,
		});
	}
	if (phase === 'cancelled') return new Failure(`Request ${requestId} was cancelled`, known);
	return new Failure(
		`Request ${requestId} is in the state '${preview(status)}', which this node does not know`,
		{
			...known,
			hint: `Look at Generations on runcomfy.com. ${FETCH}`,
		},
	);
}

function withoutVideo(purchase: Purchase): Failure {
	return new Failure(
		`Request ${purchase.requestId} is completed, but RunComfy returned no video for it`,
		{
			...knownOf(purchase),
			hint: `Look at Generations on runcomfy.com. ${FETCH}`,
		},
	);
}

function timedOut(purchase: Purchase, { timeoutMs, endsBefore }: WaitOptions): Failure {
	const { requestId, status } = purchase;
	const longer = endsBefore
		? "Or raise the workflow's timeout, which n8n would have ended the execution at."
		: "Or raise 'Timeout (Seconds)' under Wait Options.";
	return new Failure(
		`Request ${requestId} was still ${status || 'not finished'} after ${Math.round(timeoutMs) / 1000} s`,
		{
			...knownOf(purchase),
			isUnfinished: true,
			hint: `It goes on at RunComfy and is not lost. ${FETCH} ${longer}`,
		},
	);
}
