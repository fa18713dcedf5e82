import type { IDataObject } from 'n8n-workflow';

import { isUnset, shown } from '../text/values';
import { clean } from '../text/clean';
import type { Lost } from './client';

/** What came back over HTTP, with the body parsed where it is a JSON object. */
export interface Answer {
	httpStatus: number;
	headers: Record<string, unknown>;
	json?: IDataObject;
}

/** How an answer is to be taken. */
export type Verdict =
	| 'ok'
	// the API says no, for good
	| 'refused'
	// worth another look: too many requests, a fault of the server or of something in between
	| 'passing';

// Documented codes (RunComfy's error page); all of them are answers of the API itself.
export const ERROR_CODES = {
	invalidIdentifier: 400001,
	insufficientResources: 400002,
	userAccount: 400004,
	permissionDenied: 403001,
	notFound: 404001,
} as const;

const ERROR_NAMES = new Map<string, number>([
	['InvalidResourceIdentifier', ERROR_CODES.invalidIdentifier],
	['InsufficientResources', ERROR_CODES.insufficientResources],
	['UserAccountError', ERROR_CODES.userAccount],
	['PermissionDeniedError', ERROR_CODES.permissionDenied],
	['ResourceNotFound', ERROR_CODES.notFound],
]);

const DOCUMENTED_CODES: number[] = Object.values(ERROR_CODES);

/** 408 and 425 ask for another try by their definition (RFC 9110, RFC 8470), 429 by RFC 6585. */
function isPassingStatus(status: number): boolean {
	return [408, 425, 429].includes(status) || (status >= 500 && status < 600);
}

/** RunComfy's own code of an answer that is a fault, by its number or its name; a 200 can carry one too. */
export function errorCodeOf(answer: Answer): number | undefined {
	const given = answer.json?.error_code;
	const code = ERROR_NAMES.get(String(given)) ?? Number(given);
	return Number.isInteger(code) && code > 0 ? code : undefined;
}

/**
 * May a read be tried again after this answer? The error code decides before the HTTP status, which
 * the first digits of a code repeat. A 4xx without a code of RunComfy may come from something between
 * it and n8n, so only "not there" and "gone" are a final word on a request.
 */
export function verdictOf(answer: Answer): Verdict {
	const { httpStatus, json } = answer;
	const code = errorCodeOf(answer);
	if (code && DOCUMENTED_CODES.includes(code)) return 'refused';
	if (isPassingStatus(httpStatus)) return 'passing';
	if (code) return isPassingStatus(Math.floor(code / 1000)) ? 'passing' : 'refused';
	if (httpStatus >= 400) return json && [404, 410].includes(httpStatus) ? 'refused' : 'passing';
	return httpStatus >= 200 && httpStatus < 300 && json ? 'ok' : 'passing';
}

/** Nobody who answers so has passed the request on, be it RunComfy or a gateway before it. */
const REFUSED_BY_ANYONE = [401, 403, 404, 405, 407, 413, 429];

/**
 * What a submit's answer says about money. Only a clean 4xx, or a 2xx with an error code and no id,
 * is a definite "nothing was bought"; 408 is a timeout and stays unknown.
 */
export function purchaseOf(answer: Answer): { bought: string } | 'refused' | 'unknown' {
	const { httpStatus, json } = answer;
	const hasId = Boolean(json?.request_id);
	const id = requestIdIn(answer);
	if (httpStatus >= 400 && httpStatus < 500) {
		const isClean = json !== undefined || REFUSED_BY_ANYONE.includes(httpStatus);
		return isClean && !hasId && httpStatus !== 408 ? 'refused' : 'unknown';
	}
	if (id) return { bought: id };
	const isOk = httpStatus >= 200 && httpStatus < 300;
	return isOk && errorCodeOf(answer) && !hasId ? 'refused' : 'unknown';
}

const requestIdGiven = (answer: Answer | Lost): unknown =>
	'lost' in answer ? undefined : answer.json?.request_id;

/** Whatever an answer names as its request, fit to be shown. */
export function namedRequest(answer: Answer | Lost, token?: string): string | undefined {
	const id = requestIdGiven(answer);
	return isUnset(id) ? undefined : clean(shown(id), token);
}

/** The request ID that an answer names, when it is one. */
export function requestIdIn(answer: Answer | Lost): string | undefined {
	const id = requestIdGiven(answer);
	return isRequestId(id) ? id : undefined;
}

/** The ids that RunComfy's official clients accept. */
export function isRequestId(id: unknown): id is string {
	return typeof id === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(id);
}

/** Seconds or a date in `Retry-After`, as milliseconds from `now`; undefined without the header. */
export function retryAfterMs(headers: Record<string, unknown>, now: number): number | undefined {
	const value = String(headers['retry-after'] ?? '').trim();
	if (!value) return undefined;
	const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
