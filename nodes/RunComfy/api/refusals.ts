import { ERROR_CODES, errorCodeOf, type Answer } from './answers';
import { Failure, type FailureDetails, type Known } from './failure';
import type { NoResponse } from './noResponse';

/** What was asked for: the same answer means something else for a model than for a request. */
export type Subject = 'submit' | 'request' | 'model';

interface Explanation {
	message: string;
	hint: string;
	/** Of a submit: which orders it would hit as well. */
	reach?: FailureDetails['reach'];
}

const TOKEN: Explanation = {
	message: 'RunComfy does not accept the API token',
	hint: "Check 'API Token' in the RunComfy credential: it may be mistyped, revoked or of another account.",
	reach: 'run',
};
const BALANCE: Explanation = {
	message: 'The RunComfy balance is too low for this video',
	hint: 'Add credit on runcomfy.com, then run again.',
	reach: 'run',
};
const UNKNOWN_MODEL: Explanation = {
	message: 'RunComfy does not know this model',
	hint: "Check 'Model': a model ID looks like kling/kling-video-o3/standard/reference-to-video.",
	reach: 'model',
};
const FOREIGN_REQUEST: Explanation = {
	message: 'This request belongs to another RunComfy account',
	hint: 'Use the credential of the account that made it.',
};
const GONE_REQUEST: Explanation = {
	message: 'RunComfy does not know this request: it never existed, was deleted or has expired',
	hint: "Check 'Request ID', and look at Generations on runcomfy.com.",
};
const BAD_REQUEST_ID: Explanation = {
	message: 'RunComfy does not accept this request ID',
	hint: "Check 'Request ID': it is the request_id returned by Create or Generate.",
};
const FORBIDDEN_MODEL: Explanation = {
	message: "This RunComfy account isn't allowed to use this model",
	hint: "Choose another 'Model', or ask RunComfy for access.",
	reach: 'model',
};
const TOO_LARGE: Explanation = {
	message: 'The reference files are too large for RunComfy',
	hint: 'Use smaller files, or give URLs instead.',
};
const INVALID: Explanation = {
	message: 'RunComfy rejected the inputs of this video',
	hint: 'Correct what it names, then run again.',
};
const TOO_MANY: Explanation = {
	message: 'RunComfy is limiting requests right now',
	hint: 'Run again in a minute.',
};

const { invalidIdentifier, insufficientResources, userAccount, permissionDenied, notFound } =
	ERROR_CODES;

// RunComfy's own codes come first, then HTTP statuses; both tell the same things.
const EXPLANATIONS: Array<[codes: number[], Record<Subject, Explanation>]> = [
	[[userAccount, 401], { submit: TOKEN, request: TOKEN, model: TOKEN }],
	[[insufficientResources, 402], { submit: BALANCE, request: BALANCE, model: BALANCE }],
	[[invalidIdentifier], { submit: UNKNOWN_MODEL, request: BAD_REQUEST_ID, model: UNKNOWN_MODEL }],
	[
		[permissionDenied, 403],
		{ submit: FORBIDDEN_MODEL, request: FOREIGN_REQUEST, model: FORBIDDEN_MODEL },
	],
	[[notFound, 404, 410], { submit: UNKNOWN_MODEL, request: GONE_REQUEST, model: UNKNOWN_MODEL }],
	[[413], { submit: TOO_LARGE, request: TOO_LARGE, model: TOO_LARGE }],
	[[400, 422], { submit: INVALID, request: BAD_REQUEST_ID, model: UNKNOWN_MODEL }],
	[[429], { submit: TOO_MANY, request: TOO_MANY, model: TOO_MANY }],
];

/** Statuses that mean the same whoever sends them; RunComfy answers in JSON. */
const SAID_BY_STATUS_ALONE = [401, 413, 429];

const pageExplanation = (httpStatus: number): Explanation => ({
	message: `Something between n8n and RunComfy answered with HTTP status ${httpStatus}`,
	hint: "Check 'Base URL' of the credential, and the proxy or firewall that n8n goes through.",
});

/** What an answer that was no use, or no response, leaves for a Failure to tell. */
export function detailsOf(
	answer: Answer | NoResponse,
): Pick<FailureDetails, 'reason' | 'technical' | 'errorCode' | 'httpStatus'> {
	if ('noResponse' in answer) return { technical: answer.reason };
	const { httpStatus, said } = answer;
	const technical = said ? undefined : `HTTP status ${httpStatus}`;
	return { reason: said, technical, errorCode: errorCodeOf(answer), httpStatus };
}

/** An answer that says no, in words: what it means, how to go on, and RunComfy's own reason. */
export function refusal(answer: Answer, subject: Subject, known: Known): Failure {
	const { httpStatus } = answer;
	const { errorCode, reason } = detailsOf(answer);
	const find = (code?: number) =>
		EXPLANATIONS.find(([codes]) => code !== undefined && codes.includes(code));
	const isPage = answer.json === undefined && !SAID_BY_STATUS_ALONE.includes(httpStatus);
	const explanation = isPage
		? pageExplanation(httpStatus)
		: ((find(errorCode) ?? find(httpStatus))?.[1][subject] ?? {
				message: `RunComfy refused this with HTTP status ${httpStatus}`,
				hint: 'Run again later; if it stays so, ask RunComfy with the text below.',
			});
	// A request that was never seen, and is not there, need not have been bought.
	const isUnseen = [GONE_REQUEST, BAD_REQUEST_ID].includes(explanation) && !known.status;
	return new Failure(explanation.message, {
		hint: explanation.hint,
		reach: explanation.reach,
		reason,
		errorCode,
		httpStatus,
		...known,
		submitted: isUnseen ? 'unknown' : known.submitted,
	});
}
