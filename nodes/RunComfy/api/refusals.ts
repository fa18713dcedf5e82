import { ERROR_CODES, errorCodeOf, type Answer } from './answers';
import { clean, spoken } from '../text/clean';
import type { Lost } from './client';
import { Failure, type FailureDetails } from './failure';

/** What was asked for: the same answer means something else for a model than for a request. */
export type Subject = 'submit' | 'request' | 'model';

interface Saying {
	message: string;
	wayOut: string;
}

const TOKEN: Saying = {
	message: 'RunComfy does not accept the API token',
	wayOut:
		"Check 'API Token' in the RunComfy credential: it may be mistyped, revoked or of another account.",
};
const BALANCE: Saying = {
	message: 'The RunComfy balance is too low for this video',
	wayOut: 'Add credit on runcomfy.com, then run again.',
};
const UNKNOWN_MODEL: Saying = {
	message: 'RunComfy does not know this model',
	wayOut: "Check 'Model': a model ID looks like kling/kling-video-o3/standard/reference-to-video.",
};
const FOREIGN_REQUEST: Saying = {
	message: 'This request belongs to another RunComfy account',
	wayOut: 'Use the credential of the account that made it.',
};
const GONE_REQUEST: Saying = {
	message: 'RunComfy does not know this request: it never existed, was deleted or has expired',
	wayOut: "Check 'Request ID', and look at Generations on runcomfy.com.",
};
const BAD_REQUEST_ID: Saying = {
	message: 'RunComfy does not accept this request ID',
	wayOut: "Check 'Request ID': it is the request_id that Create or Generate put out.",
};
const FORBIDDEN_MODEL: Saying = {
	message: 'This RunComfy account may not use this model',
	wayOut: "Choose another 'Model', or ask RunComfy for access.",
};
const TOO_LARGE: Saying = {
	message: 'The reference files are too large for RunComfy',
	wayOut: 'Use smaller files, or give URLs instead.',
};
const INVALID: Saying = {
	message: 'RunComfy rejected the inputs of this video',
	wayOut: 'Correct what it names, then run again.',
};
const TOO_MANY: Saying = {
	message: 'RunComfy takes no more requests right now',
	wayOut: 'Wait a little, then run again.',
};

const { invalidIdentifier, insufficientResources, userAccount, permissionDenied, notFound } =
	ERROR_CODES;

// RunComfy's own codes come first, then HTTP statuses; both tell the same things.
const SAYINGS: Array<[codes: number[], Record<Subject, Saying>]> = [
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

const pageSaying = (httpStatus: number): Saying => ({
	message: `Something between n8n and RunComfy answered with HTTP status ${httpStatus}`,
	wayOut: "Check 'Base URL' of the credential, and the proxy or firewall that n8n goes through.",
});

/** What RunComfy itself says in an answer, cleaned; empty when it says nothing. */
function reasonOf({ json = {} }: Answer, token?: string): string {
	const texts = [json.error_message ?? json.message ?? json.error, json.detail].map(spoken);
	return clean([...new Set(texts.filter(Boolean))].join(' – '), token);
}

/** What an answer that was no use, or no answer, leaves for a Failure to tell. */
export function evidence(
	answer: Answer | Lost,
	token?: string,
): Pick<FailureDetails, 'reason' | 'technical' | 'errorCode' | 'httpStatus'> {
	if ('lost' in answer) return { technical: answer.reason };
	const { httpStatus } = answer;
	const reason = reasonOf(answer, token) || undefined;
	const technical = reason ? undefined : `HTTP status ${httpStatus}`;
	return { reason, technical, errorCode: errorCodeOf(answer), httpStatus };
}

/** An answer that says no, in words: what it means, the way out, and RunComfy's own reason. */
export function refusal(
	answer: Answer,
	subject: Subject,
	known: Pick<FailureDetails, 'submitted'> & Partial<FailureDetails>,
	token?: string,
): Failure {
	const { httpStatus } = answer;
	const { errorCode, reason } = evidence(answer, token);
	const find = (code?: number) =>
		SAYINGS.find(([codes]) => code !== undefined && codes.includes(code));
	const isPage = answer.json === undefined && !SAID_BY_STATUS_ALONE.includes(httpStatus);
	const saying = isPage
		? pageSaying(httpStatus)
		: ((find(errorCode) ?? find(httpStatus))?.[1][subject] ?? {
				message: `RunComfy refused this with HTTP status ${httpStatus}`,
				wayOut: 'Run again later; if it stays, ask RunComfy with the text below.',
			});
	// A request that was never seen, and is not there, need not have been bought.
	const isUnseen = [GONE_REQUEST, BAD_REQUEST_ID].includes(saying) && !known.status;
	return new Failure(saying.message, {
		wayOut: saying.wayOut,
		reason,
		errorCode,
		httpStatus,
		...known,
		submitted: isUnseen ? 'unknown' : known.submitted,
	});
}
