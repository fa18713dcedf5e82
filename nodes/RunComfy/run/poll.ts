import { isNotReady } from '../api/answers';
import { Failure, stopped, type FailureDetails, type Known, type Submitted } from '../api/failure';
import { read } from '../api/read';
import { videoUrlOf } from '../api/results';
import { isFinal, phaseOf, type Phase } from '../api/states';
import type { RequestResult, RequestStatus } from '../api/types';
import { pause } from '../n8n/pause';
import { cleanValue, messageIn } from '../text/clean';
import { isUnset, preview } from '../text/values';
import type { Item } from './item';
import type { Purchase } from './ledger';
import type { WaitOptions } from './waitOptions';

/** Reads of a result that is completed without a video, or in no state, before that is final. */
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
		const seen = isNotReady(answer) ? 'running' : phaseOf(status);
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
		let said: Said = {};
		if (phase !== 'queued' && phase !== 'running') {
			const result = await readResult(item, purchase, deadline);
			said = saidIn(result, api.clean);
			// A result without a state is what the status said.
			const word = isUnset(result.status) ? status : result.status;
			if (!isUnset(word)) purchase.status = String(word);
			phase = phaseOf(word);
			// What a word means that nobody knows, the output tells.
			if (['completed', 'ended', 'unknown'].includes(phase)) {
				purchase.videoUrl = videoUrlOf(result.output);
				if (purchase.videoUrl) return result;
			}
			if (phase === 'completed' || isUnset(word)) {
				if (++emptyResults >= MAX_EMPTY_RESULTS) throw withoutVideo(phase, purchase, said);
			} else if (isFinal(phase)) {
				throw ended(phase, purchase, said);
			}
		}
		// The last look is at the deadline itself.
		const left = deadline - Date.now();
		if (left <= 0)
			throw phase === 'completed'
				? withoutVideo(phase, purchase, said)
				: timedOut(purchase, options, said);
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
	// The documented word for the same.
	if (isNotReady(answer)) return { status: 'in_progress' };
	return (answer.json ?? {}) as RequestResult;
}

/** What is known of a purchase, for a Failure. */
export function knownOf(
	{ requestId, status, videoUrl }: Purchase,
	submitted: Submitted = 'yes',
): Known {
	return { submitted, requestId, status: status || undefined, videoUrl };
}

type Said = Pick<FailureDetails, 'reason' | 'output'>;

/** What a result without a video tells instead. */
function saidIn({ error, output }: RequestResult, clean: (text: string) => string): Said {
	return {
		reason: clean(messageIn(error)) || undefined,
		output: isUnset(output) ? undefined : cleanValue(output, clean),
	};
}

const FETCH = 'Fetch it with Wait for Completion and its request ID.';

function ended(phase: Phase, purchase: Purchase, said: Said): Failure {
	const { requestId, status } = purchase;
	const known = { ...knownOf(purchase), ...said };
	if (phase === 'cancelled') return new Failure(`Request ${requestId} was cancelled`, known);
	const what =
		phase === 'failed'
			? 'has failed: RunComfy could not make this video'
			: `has ended as '${preview(status)}'`;
	const change = said.reason
		? 'Change the prompt or the references as the reason says'
		: 'RunComfy gives no reason. Change the prompt or the references';
	const hint = `${change}, then order it anew with Generate or Create.`;
	return new Failure(`Request ${requestId} ${what}`, { ...known, hint });
}

function withoutVideo(phase: Phase, purchase: Purchase, said: Said): Failure {
	const [what, hint] =
		phase === 'completed'
			? [
					'is completed, but RunComfy returned no video for it',
					'Look at Generations on runcomfy.com: if the video is there, download it there. Should it still come, Wait for Completion with the request ID fetches it.',
				]
			: [
					'has no state in what RunComfy returned',
					`Check 'Base URL' of the credential, and look at Generations on runcomfy.com. ${FETCH}`,
				];
	return new Failure(`Request ${purchase.requestId} ${what}`, {
		...knownOf(purchase),
		...said,
		hint,
	});
}

function timedOut(purchase: Purchase, { timeoutMs, endsBefore }: WaitOptions, said: Said): Failure {
	const { requestId, status } = purchase;
	const longer = endsBefore
		? "Or raise the workflow's timeout, which n8n would have ended the execution at."
		: "Or raise 'Timeout (Seconds)' under Wait Options.";
	return new Failure(
		`Request ${requestId} was still ${status || 'not finished'} after ${Math.round(timeoutMs) / 1000} s`,
		{
			...knownOf(purchase),
			...said,
			isUnfinished: true,
			hint: `It goes on at RunComfy and is not lost. ${FETCH} ${longer}`,
		},
	);
}
