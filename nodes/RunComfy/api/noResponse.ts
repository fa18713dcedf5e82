import { neverSent } from '../n8n/httpRequest';
import { clean } from '../text/clean';

/** A request that got no response. */
export interface NoResponse {
	noResponse: true;
	/** The errno name, e.g. ECONNREFUSED. */
	code?: string;
	/** The system call that failed, e.g. connect. */
	syscall?: string;
	/** The obstacle, where it is known. */
	obstacle?: Obstacle;
	/** The system's own text, cleaned. */
	reason: string;
	/** The connection shows that nothing was sent. */
	neverSent?: true;
}

/** A certificate that is not trusted, a name that is not found, a proxy that hangs up, a port without TLS. */
export type Obstacle = 'certificate' | 'name' | 'proxy' | 'tls';

interface HelperError {
	code?: unknown;
	syscall?: unknown;
	message?: unknown;
	cause?: unknown;
	/** Before 2.34, n8n keeps the system's words here, and no cause; its own message advises to send again. */
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
	// An AggregateError, of several addresses that all failed, has no message of its own.
	const words = chain.flatMap(({ message, messages }) => [message].concat(messages)).filter(isText);
	const reason = words.at(-1) ?? 'no answer';
	const code = codes.find(isText);
	return {
		noResponse: true,
		code,
		obstacle: obstacleIn(code, reason),
		// Node's message begins with it: connect ECONNREFUSED 127.0.0.1:443
		syscall:
			chain.map(({ syscall }) => syscall).find(isText) ??
			/^(connect|getaddrinfo) E/.exec(reason)?.[1],
		reason: cleaned(reason),
		...(neverSent(error) && { neverSent: true }),
	};
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

// OpenSSL's words for a certificate that cannot be trusted; ERR_SSL_… is about a certificate of n8n's own.
const CERTIFICATE =
	/^(?!ERR_SSL_)(.*CERT.*|UNABLE_TO_.*|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$/;
const NOT_FOUND = /^(ENOTFOUND|EAI_\w+)$/;
// Errors that only occur before a connection is established or verified.
const NEVER_SENT = /^(ECONNREFUSED|ERR_TLS.*|ERR_INVALID.*|ERR_SSL_.*CERTIFICATE.*)$/;
// In the words of Node.js, of n8n's proxy agent, and of OpenSSL 3.2 and later before both sides agree on a version.
const NEVER_SENT_IN_WORDS =
	/before secure TLS connection was established|before receiving CONNECT response|tlsany_meth\.c/;

/**
 * Whether a request without a response cannot have reached anyone, since its connection never came
 * about. Codes such as EHOSTUNREACH can also end a connection that has carried the request.
 */
export function neverReachedServer(lost: NoResponse): boolean {
	const { code = '', syscall = '', reason } = lost;
	return (
		lost.neverSent === true ||
		[CERTIFICATE, NOT_FOUND, NEVER_SENT].some((codes) => codes.test(code)) ||
		NEVER_SENT_IN_WORDS.test(reason) ||
		['connect', 'getaddrinfo'].includes(syscall)
	);
}

function obstacleIn(code = '', reason: string): Obstacle | undefined {
	if (CERTIFICATE.test(code)) return 'certificate';
	if (NOT_FOUND.test(code)) return 'name';
	if (/CONNECT response/.test(reason)) return 'proxy';
	return /wrong version number|tlsany_meth\.c/.test(reason) ? 'tls' : undefined;
}
