import { isForeign, retryAfterMs, verdictOf, type Answer } from '../api/answers';
import { call, type Api } from '../api/client';
import type { Subject } from '../api/explanations';
import { stopped, type Known } from '../api/failure';
import type { NoResponse } from '../api/noResponse';
import { refusal, unreachable } from '../api/refusals';
import { now } from '../n8n/clock';
import { pause } from '../n8n/pause';
import { backoffMs } from './backoff';
import { turnsOf } from './turns';
import { MAX_LATENESS_MS, type Wait } from './wait';

/** How long a read, with all its retries, may keep a user waiting, in ms. */
export const READ_DEADLINE_MS = 60_000;

/** A read that gets no answer in this time is tried again. */
const READ_TIMEOUT_MS = 30_000;

/**
 * A 4xx without a code of RunComfy, or a redirect, may come from something in between and pass; but a
 * mistyped base URL never does, nor does a certificate that is not trusted. After this many in a row they count.
 */
const MAX_FOREIGN_REFUSALS = 5;

export interface ReadOptions {
	subject: Subject;
	/** Time of n8n/clock after which no further try is made. */
	deadline: number;
	signal?: AbortSignal;
	/** The wait that a status read belongs to: it takes its turn among all of them. */
	wait?: Wait;
	/** What is known of the request, for the Failure. */
	known: Known;
}

/**
 * GETs `path`, again and again while what comes back is transient: resets, timeouts, 429 (after its
 * Retry-After), 5xx, bodies that are no JSON object. Of a request, "not ready" is an answer too. Throws a
 * Failure on a final no, on a stop, and when the deadline has passed.
 */
export async function read(api: Api, path: string, options: ReadOptions): Promise<Answer> {
	const { subject, deadline, signal, wait, known } = options;
	const turns = turnsOf(api, path);
	const { pace } = turns.schedule;
	let foreignRefusals = 0;
	let last: Answer | NoResponse | undefined;
	for (let failures = 0; ; ) {
		const latest = wait?.lateAt ?? Math.max(deadline, now()) + MAX_LATENESS_MS;
		if (wait) await turns.take(wait, signal);
		else if (pace.heldUntil > now()) await pause(Math.min(pace.heldUntil, latest) - now(), signal);
		if (signal?.aborted) throw stopped(known);
		const sentAt = now();
		if (sentAt >= latest) throw unreachable(last, known);
		const timeoutMs = Math.min(READ_TIMEOUT_MS, Math.max(MAX_LATENESS_MS, deadline - sentAt));
		const answer = (last = await call(api, { method: 'GET', path, timeoutMs, signal }));
		if (signal?.aborted) throw stopped(known);

		const isAnswer = !('noResponse' in answer);
		const asked = isAnswer ? retryAfterMs(answer.headers, Date.now()) : undefined;
		const verdict = isAnswer ? verdictOf(answer) : 'transient';
		if (isAnswer && (verdict === 'ok' || (verdict === 'notYet' && subject === 'request'))) {
			if (wait) pace.answered();
			return answer;
		}
		if (isAnswer && answer.httpStatus === 429) pace.refused(sentAt, now());
		foreignRefusals = isForeign(answer, Boolean(known.status)) ? foreignRefusals + 1 : 0;
		if (verdict === 'refused' || foreignRefusals >= MAX_FOREIGN_REFUSALS)
			throw isAnswer ? refusal(answer, subject, known) : unreachable(answer, known);
		if (asked) pace.holdUntil(now() + asked);
		const backoff = Math.max(backoffMs(++failures), asked ?? 0);
		if (now() + backoff > deadline) {
			await pause(Math.max(0, deadline - now()), signal);
			throw signal?.aborted ? stopped(known) : unreachable(answer, known);
		}
		await pause(backoff, signal);
	}
}
