import { isNotReady } from '../api/answers';
import { Failure, type FailureDetails, type Known, type Submitted } from '../api/failure';
import { at, statusPath } from '../api/services';
import { isFinal, phaseOf, type Phase } from '../api/states';
import type { RequestResult, RequestStatus } from '../api/types';
import { now } from '../n8n/clock';
import { readResult, readStatus } from '../reads/request';
import { turnsOf } from '../reads/turns';
import { Wait } from '../reads/wait';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { cleanValue, messageIn } from '../text/clean';
import { isUnset, preview } from '../text/values';
import type { Delivery } from './delivery';
import type { WaitOptions } from './waitOptions';

/** Reads of a result that is completed without files, or in no state, before that is final. */
const MAX_EMPTY_RESULTS = 3;

/** Looks at the request until its result is final, and returns the result of a completed one. */
export async function finishedResult(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
	delivery: Delivery,
): Promise<RequestResult> {
	const { service } = purchase;
	const turns = turnsOf(at(item.api, service), statusPath(service, purchase));
	const { kind, since = now() } = purchase;
	const siblings = kind ? turns.siblingsOf(kind) : item.run.siblings;
	const wait = new Wait(siblings, since, now() + options.timeoutMs, options.pollIntervalMs);
	return await turns.share(async () => await waitFor(wait, item, purchase, options, delivery));
}

async function waitFor(
	wait: Wait,
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
	delivery: Delivery,
): Promise<RequestResult> {
	const { context, index, api, signal } = item;
	const { deadline } = wait;
	const { noun } = delivery;
	let told = '';
	for (let emptyResults = 0; ; ) {
		const known = knownOf(purchase);
		const answer = await readStatus(api, purchase, { deadline, signal, wait, known });
		const { status, queue_position } = (answer.json ?? {}) as RequestStatus;
		purchase.status = String(status ?? purchase.status);
		const position = isUnset(queue_position) ? '' : `, position ${queue_position}`;
		if (told !== purchase.status + position) {
			told = purchase.status + position;
			context.logger.info(`RunComfy: request ${purchase.requestId} is ${told}`, {
				itemIndex: index,
			});
		}
		let phase = isNotReady(answer) ? 'running' : phaseOf(status);
		let said: Said = {};
		if (phase !== 'queued' && phase !== 'running') {
			const result = await resultOf(item, purchase, deadline);
			said = saidIn(result, api.clean);
			// A result without a state is what the status said.
			const word = isUnset(result.status) ? status : result.status;
			if (!isUnset(word)) purchase.status = String(word);
			phase = phaseOf(word);
			// The output decides what an unknown word means.
			if (['completed', 'ended', 'unknown'].includes(phase)) {
				const files = delivery.filesOf(result.output);
				purchase.made = files.length ? delivery.known(files) : undefined;
				if (files.length) {
					wait.completed(now(), endOf(purchase, result));
					return result;
				}
			}
			if (phase === 'completed' || isUnset(word)) {
				if (++emptyResults >= MAX_EMPTY_RESULTS) throw withoutFiles(phase, purchase, said, noun);
			} else if (isFinal(phase)) {
				throw ended(phase, purchase, said, noun);
			}
		}
		// The last look is at the deadline itself.
		if (now() >= deadline)
			throw phase === 'completed'
				? withoutFiles(phase, purchase, said, noun)
				: timedOut(purchase, options, said);
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
export async function resultOf(
	item: Item,
	purchase: Purchase,
	deadline: number,
): Promise<RequestResult> {
	const known = knownOf(purchase);
	return await readResult(item.api, purchase, { deadline, signal: item.signal, known });
}

/** What is known of a purchase, for a Failure. */
export function knownOf(
	{ requestId, status, made }: Purchase,
	submitted: Submitted = 'yes',
): Known {
	return { submitted, requestId, status: status || undefined, ...made };
}

type Said = Pick<FailureDetails, 'reason' | 'output'>;

/** What a result without files tells instead. */
function saidIn({ error, output }: RequestResult, clean: (text: string) => string): Said {
	return {
		reason: clean(messageIn(error)) || undefined,
		output: isUnset(output) ? undefined : cleanValue(output, clean),
	};
}

const FETCH = 'Fetch it with Wait for Completion and its request ID.';

function ended(phase: Phase, purchase: Purchase, said: Said, noun: string): Failure {
	const { requestId, status } = purchase;
	const known = { ...knownOf(purchase), ...said };
	if (phase === 'cancelled') return new Failure(`Request ${requestId} was cancelled`, known);
	const what =
		phase === 'failed'
			? `has failed: RunComfy could not make this ${noun}`
			: `has ended as '${preview(status)}'`;
	const change = said.reason
		? 'Change the prompt or the references as the reason says'
		: 'RunComfy gives no reason. Change the prompt or the references';
	const hint = `${change}, then order it anew with Generate or Create.`;
	return new Failure(`Request ${requestId} ${what}`, { ...known, hint });
}

function withoutFiles(phase: Phase, purchase: Purchase, said: Said, noun: string): Failure {
	const [what, hint] =
		phase === 'completed'
			? [
					`is completed, but RunComfy returned no ${noun} for it`,
					`Look at Generations on runcomfy.com: if the ${noun} is there, download it there. Should it still come, Wait for Completion with the request ID fetches it.`,
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
