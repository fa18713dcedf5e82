import { clean } from '../text/clean';

/** A request that got no response. */
export interface NoResponse {
	noResponse: true;
	/** The system's word for it, e.g. ECONNREFUSED. */
	code?: string;
	/** What the system was doing then, e.g. connect. */
	syscall?: string;
	/** The system's own text, cleaned. */
	reason: string;
}

interface HelperError {
	code?: unknown;
	syscall?: unknown;
	message?: unknown;
	cause?: unknown;
	/** n8n 1 keeps the system's words here, and no cause; its own message advises to send again. */
	messages?: unknown;
	httpCode?: unknown;
}

/**
 * Describes an error of n8n's HTTP helpers; the socket's own words are at the end of its causes.
 * `cleaned` keeps out of them what users must not see.
 */
export function noResponse(error: unknown, cleaned: (text: string) => string = clean): NoResponse {
	const chain: HelperError[] = [];
	for (let cause = error; cause && typeof cause === 'object' && chain.length < 5; ) {
		chain.push(cause);
		cause = (cause as HelperError).cause;
	}
	const codes = chain.flatMap(({ code, httpCode }) => [code, httpCode]);
	// The error that joins the failures of several addresses has no text of its own.
	const words = chain.flatMap(({ message, messages }) => [message].concat(messages)).filter(isText);
	const reason = words.at(-1) ?? 'no answer';
	return {
		noResponse: true,
		code: codes.find(isText),
		// Node's message begins with it: connect ECONNREFUSED 127.0.0.1:443
		syscall:
			chain.map(({ syscall }) => syscall).find(isText) ??
			/^(connect|getaddrinfo) E/.exec(reason)?.[1],
		reason: cleaned(reason),
	};
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

// What only happens before a connection is there, or before it is found to be safe.
const NEVER_SENT =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|ERR_TLS.*|ERR_INVALID.*|CERT_.*|.*_CERT(IFICATE)?(_.*)?|UNABLE_TO_VERIFY.*)$/;

/**
 * Whether a request without a response cannot have reached anyone, since its connection never came
 * about. Codes such as EHOSTUNREACH can also end a connection that has carried the request.
 */
export function neverReachedServer({ code = '', syscall = '' }: NoResponse): boolean {
	return NEVER_SENT.test(code) || ['connect', 'getaddrinfo'].includes(syscall);
}
