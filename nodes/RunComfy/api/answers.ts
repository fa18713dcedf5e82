import type { IDataObject } from 'n8n-workflow';

import { messageIn } from '../text/clean';
import { isUnset, preview } from '../text/values';
import { isRequestId } from './ids';
import type { NoResponse } from './noResponse';

/** An HTTP response, its body parsed where it is a JSON object. */
export interface Answer {
	httpStatus: number;
	headers: Record<string, unknown>;
	json?: IDataObject;
	/** RunComfy's error code; a response with status 200 can carry one too. */
	errorCode?: number;
	/** RunComfy's own message in it, cleaned; unset without one. */
	said?: string;
	/** Its `request_id`, cleaned; not necessarily a usable ID. */
	named?: string;
	/** The answer of a proxy that did not connect to RunComfy, so nothing reached it. */
	neverSent?: true;
}

/** What an answer to a read means. */
export type Verdict =
	| 'ok'
	// a final no of the API
	| 'refused'
	// the request is not finished
	| 'notYet'
	// worth another try: rate limits, faults of the server or of something in between
	| 'transient';

// Documented codes (RunComfy's error page); all of them are answers of the API itself.
export const ERROR_CODES = {
	invalidIdentifier: 400001,
	insufficientResources: 400002,
	userAccount: 400004,
	permissionDenied: 403001,
	// the balance endpoint's code for the same
	balanceDenied: 403003,
	notFound: 404001,
} as const;

/** "Not ready": no page documents it, but official clients expect it of requests that are not finished. */
const NOT_READY = 400005;

const ERROR_NAMES = new Map<string, number>([
	['InvalidResourceIdentifier', ERROR_CODES.invalidIdentifier],
	['InsufficientResources', ERROR_CODES.insufficientResources],
	['UserAccountError', ERROR_CODES.userAccount],
	['PermissionDeniedError', ERROR_CODES.permissionDenied],
	['ResourceNotFound', ERROR_CODES.notFound],
]);

const DOCUMENTED_CODES: number[] = Object.values(ERROR_CODES);

/** The parts of an answer that are used: its error code, and texts for users, cleaned by `clean`. */
export function partsOf(
	json: IDataObject = {},
	clean: (text: string) => string,
): Pick<Answer, 'errorCode' | 'said' | 'named'> {
	const texts = [json.error_message ?? json.message ?? json.error, json.detail].map(messageIn);
	const said = clean([...new Set(texts.filter(Boolean))].join(' – '));
	const id = json.request_id;
	return {
		errorCode: errorCodeIn(json),
		said: said || undefined,
		named: isUnset(id) ? undefined : clean(preview(id)),
	};
}

/** 408 and 425 ask for another try by their definition (RFC 9110, RFC 8470), 429 by RFC 6585. */
function isTransientStatus(status: number): boolean {
	return [408, 425, 429].includes(status) || (status >= 500 && status < 600);
}

/** By its number or its name. */
function errorCodeIn({ error_code: given }: IDataObject): number | undefined {
	const code = ERROR_NAMES.get(String(given)) ?? Number(given);
	return Number.isInteger(code) && code > 0 ? code : undefined;
}

/** Whether an answer says that the request is not finished, without its state. */
export function isNotReady(answer: Answer): boolean {
	return answer.errorCode === NOT_READY;
}

/**
 * May a read be tried again after this answer? The error code decides before the HTTP status, which
 * the first digits of a code repeat. A 4xx without a code of RunComfy may come from something between
 * it and n8n, so only "not there" and "gone" are a final word on a request.
 */
export function verdictOf(answer: Answer): Verdict {
	const { httpStatus, json, errorCode: code } = answer;
	if (isNotReady(answer)) return 'notYet';
	if (code && DOCUMENTED_CODES.includes(code)) return 'refused';
	if (isTransientStatus(httpStatus)) return 'transient';
	if (code) return isTransientStatus(Math.floor(code / 1000)) ? 'transient' : 'refused';
	if (httpStatus >= 400) return json && [404, 410].includes(httpStatus) ? 'refused' : 'transient';
	return httpStatus >= 200 && httpStatus < 300 && json ? 'ok' : 'transient';
}

/** Whether an answer is a rate limit, RunComfy's or that of a gateway in front of it. */
export function isLimit(answer: Answer): boolean {
	return answer.httpStatus === 429 && verdictOf(answer) === 'transient';
}

/** Whoever answers with one of these, RunComfy or a gateway in front of it, has not passed the request on. */
const REFUSED_BY_ANYONE = [401, 403, 404, 405, 407, 413, 429];

/**
 * What a submit's answer says about money. Only a clean 4xx, or a 2xx with an error code and no id,
 * is a definite "nothing was bought"; 408 is a timeout and stays unknown.
 */
export function purchaseOf(answer: Answer): { bought: string } | 'refused' | 'unknown' {
	const { httpStatus, json, neverSent } = answer;
	if (neverSent) return 'refused';
	const hasId = Boolean(json?.request_id);
	const id = requestIdIn(answer);
	if (httpStatus >= 400 && httpStatus < 500) {
		const isClean = json !== undefined || REFUSED_BY_ANYONE.includes(httpStatus);
		return isClean && !hasId && httpStatus !== 408 ? 'refused' : 'unknown';
	}
	if (id) return { bought: id };
	const isOk = httpStatus >= 200 && httpStatus < 300;
	return isOk && answer.errorCode && !hasId ? 'refused' : 'unknown';
}

/** The request ID that an answer names, when it is one. */
export function requestIdIn({ json }: Answer): string | undefined {
	const id = json?.request_id;
	return isRequestId(id) ? id : undefined;
}

/** Whether a no may come from something between n8n and RunComfy; repeated often enough, it is final. */
export function isForeign(answer: Answer | NoResponse, isSeen: boolean): boolean {
	// DNS and proxies may recover by themselves; certificates and ports only change when somebody changes them.
	if ('noResponse' in answer) return ['certificate', 'tls'].includes(answer.obstacle ?? '');
	const { httpStatus, json } = answer;
	// A gateway's page does not end the wait for a request that exists; these statuses mean the same from anyone.
	if (isSeen && !json && httpStatus >= 400) return [401, 404, 410].includes(httpStatus);
	return httpStatus >= 300 && httpStatus < 500 && ![408, 425, 429].includes(httpStatus);
}

/** Seconds or a date in `Retry-After`, as milliseconds from `now`; undefined without the header. */
export function retryAfterMs(headers: Record<string, unknown>, now: number): number | undefined {
	const value = String(headers['retry-after'] ?? '').trim();
	if (!value) return undefined;
	const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
