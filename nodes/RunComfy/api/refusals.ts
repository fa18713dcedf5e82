import type { Answer } from './answers';
import {
	BAD_REQUEST_ID,
	DELETED_REQUEST,
	EXPLANATIONS,
	GONE_REQUEST,
	INVALID,
	OBSTACLES,
	pageExplanation,
	proxyExplanation,
	SAID_BY_STATUS_ALONE,
	SILENT_HINT,
	type Explanation,
	type Subject,
} from './explanations';
import { Failure, type FailureDetails, type Known } from './failure';
import type { NoResponse } from './noResponse';

/** Why there was no response, in words, where it is known. */
export function unreachedBy(lost: NoResponse): Explanation | undefined {
	return lost.obstacle && OBSTACLES[lost.obstacle];
}

/** What a Failure reports of a useless answer, or of none. */
export function detailsOf(
	answer: Answer | NoResponse,
): Pick<FailureDetails, 'reason' | 'technical' | 'errorCode' | 'httpStatus'> {
	if ('noResponse' in answer) return { technical: answer.reason };
	const { httpStatus, said, errorCode } = answer;
	const technical = said ? undefined : `HTTP status ${httpStatus}`;
	return { reason: said, technical, errorCode, httpStatus };
}

/** An answer that says no, in words: what it means, how to go on, and RunComfy's own reason. */
export function refusal(answer: Answer, subject: Subject, known: Known): Failure {
	const { httpStatus } = answer;
	const { errorCode, reason } = detailsOf(answer);
	const find = (code?: number) =>
		EXPLANATIONS.find(([codes]) => code !== undefined && codes.includes(code));
	const isRedirect = httpStatus >= 300 && httpStatus < 400 && errorCode === undefined;
	const isPage = answer.json === undefined || isRedirect;
	const explain = (): Explanation => {
		if (answer.neverSent && httpStatus !== 407) return proxyExplanation(httpStatus);
		if (isPage && !SAID_BY_STATUS_ALONE.includes(httpStatus)) return pageExplanation(httpStatus);
		const found = (find(errorCode) ?? find(httpStatus))?.[1][subject];
		if (found === GONE_REQUEST && known.status) return DELETED_REQUEST;
		return (
			found ?? {
				message: `RunComfy refused this with HTTP status ${httpStatus}`,
				hint: 'Run again later; if it stays so, ask RunComfy.',
			}
		);
	};
	const explanation = explain();
	// A request that was never seen and does not exist may never have been bought.
	const isUnseen = [GONE_REQUEST, BAD_REQUEST_ID].includes(explanation) && !known.status;
	return new Failure(explanation.message, {
		hint: explanation === INVALID && !reason ? SILENT_HINT : explanation.hint,
		reach: explanation.reach,
		reason,
		errorCode,
		httpStatus,
		...known,
		submitted: isUnseen ? 'unknown' : known.submitted,
	});
}

/** The failure of a read whose time is up, after its `last` try. */
export function unreachable(last: Answer | NoResponse | undefined, known: Known): Failure {
	const state = known.status ? `; the last known state is ${known.status}` : '';
	const obstacle = last && 'noResponse' in last ? unreachedBy(last) : undefined;
	const what = last
		? 'RunComfy could not be reached before the time was up'
		: 'The time was up before RunComfy could be asked again';
	const later = known.requestId
		? 'Nothing is lost: fetch the result later with Wait for Completion and its request ID.'
		: 'Run again later.';
	return new Failure((obstacle?.message ?? what) + state, {
		hint: obstacle ? `${obstacle.hint} ${later}` : later,
		...(last && detailsOf(last)),
		...known,
	});
}
