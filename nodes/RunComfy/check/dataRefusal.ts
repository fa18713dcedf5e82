import { ERROR_CODES } from '../api/answers';
import type { FailureDetails } from '../api/failure';

/** Too large, and of a type that is not taken, whoever says it; a gateway before RunComfy too. */
const ABOUT_THE_BODY = [413, 415];
const ABOUT_THE_INPUT = [400, 422];
const DOCUMENTED_CODES: number[] = Object.values(ERROR_CODES);

const SAYS_LINK = /\b(ur[li]s?|links?|https?|base64|data)\b/i;

/**
 * Whether a refused submit can mean that RunComfy takes no data URIs. No page tells how it would say so:
 * it may speak of URLs, name one of the `fields` that held a file, or say nothing at all.
 */
export function canMeanNoData(
	{ submitted, httpStatus = 0, errorCode = 0, reason }: FailureDetails,
	fields: string[],
): boolean {
	if (submitted !== 'no' || DOCUMENTED_CODES.includes(errorCode)) return false;
	if (ABOUT_THE_BODY.includes(httpStatus)) return true;
	if (!ABOUT_THE_INPUT.includes(httpStatus)) return false;
	return !reason || SAYS_LINK.test(reason) || fields.some((field) => names(reason, field));
}

const names = (text: string, field: string): boolean =>
	text
		.toLowerCase()
		.split(/[^\w]+/)
		.includes(field.toLowerCase());
