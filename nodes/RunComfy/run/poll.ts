import { Failure, type Known, type Submitted } from '../api/failure';
import { read } from '../api/read';
import { videoUrlOf } from '../api/results';
import { phaseOf, type Phase } from '../api/states';
import { turnsOf } from '../api/turns';
import type { RequestResult, RequestStatus } from '../api/types';
import { Wait } from '../api/wait';
import { now } from '../n8n/clock';
import { messageIn } from '../text/clean';
import { isUnset, preview } from '../text/values';
import type { Item } from './item';
import type { Purchase } from './ledger';
import type { WaitOptions } from './waitOptions';

/** Reads of a result that is completed without a video, before that is final. */
const MAX_EMPTY_RESULTS = 3;

/** Looks at the request until its result is final, and returns the result of a completed one. */
export async function finishedResult(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
): Promise<RequestResult> {
	const path = `/v1/requests/${purchase.requestId}/status`;
	const turns = turnsOf(item.api, path);
	const { kind, since = now() } = purchase;
	const siblings = kind ? turns.siblingsOf(kind) : item.run.siblings;
	const wait = new Wait(siblings, since, now() + options.timeoutMs, options.pollIntervalMs);
	return await turns.share(async () => await resultOf(wait, path, item, purchase, options));
}

async function resultOf(
	wait: Wait,
	path: string,
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
): Promise<RequestResult> {
	const { context, index, api, signal } = item;
	const { deadline } = wait;
	let told = '';
	for (let emptyResults = 0; ; ) {
		const known = knownOf(purchase);
		const answer = await read(api, path, {
			subject: 'request',
			deadline,
			signal,
			wait,
			known,
		});
		const { status, queue_position } = (answer.json ?? {}) as RequestStatus;
		purchase.status = String(status ?? purchase.status);
		const position = isUnset(queue_position) ? '' : `, position ${queue_position}`;
		if (told !== purchase.status + position) {
			told = purchase.status + position;
			context.logger.info(`RunComfy: request ${purchase.requestId} is ${told}`, {
				itemIndex: index,
			});
		}
		let phase = phaseOf(status);
		if (phase !== 'queued' && phase !== 'running') {
			const result = await readResult(item, purchase, deadline);
			// A result without a state is what the status said.
			if (!isUnset(result.status)) purchase.status = String(result.status);
			phase = phaseOf(purchase.status);
			if (phase === 'completed') {
				purchase.videoUrl = videoUrlOf(result.output);
				if (purchase.videoUrl) {
					wait.completed(now(), endOf(purchase, result));
					return result;
				}
				if (++emptyResults >= MAX_EMPTY_RESULTS) throw withoutVideo(purchase);
			} else if (phase !== 'queued' && phase !== 'running') {
				throw ended(phase, purchase, api.clean(messageIn(result.error)));
			}
		}
		// The last look is at the deadline itself.
		if (now() >= deadline)
			throw phase === 'completed' ? withoutVideo(purchase) : timedOut(purchase, options);
		wait.saw(phase, queue_position, now());
	}
}

/** When a request bought at a known time was completed, by the two dates of its result. */
function endOf(
	{ since }: Purchase,
	{ created_at, finished_at }: RequestResult,
): number | undefined {
	const tookMs = Date.parse(String(finished_at)) - Date.parse(String(created_at));
	const end = (since ?? NaN) + tookMs;
	return tookMs > 0 && end <= now() ? end : undefined;
}

/** Reads the result of a request, finished or not. */
export async function readResult(
	item: Item,
	purchase: Purchase,
	deadline: number,
): Promise<RequestResult> {
	const { api, signal } = item;
	const path = `/v1/requests/${purchase.requestId}/result?include_cost=true`;
	const known = knownOf(purchase);
	const answer = await read(api, path, {
		subject: 'request',
		deadline,
		signal,
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

function timedOut(purchase: Purchase, { timeoutMs }: WaitOptions): Failure {
	const { requestId, status } = purchase;
	return new Failure(
		`Request ${requestId} was still ${status || 'not finished'} after ${timeoutMs / 1000} s`,
		{
			...knownOf(purchase),
			hint: `It goes on at RunComfy and is not lost. ${FETCH} Or raise 'Timeout (Seconds)' under Wait Options.`,
		},
	);
}
