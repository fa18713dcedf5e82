import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { exactNumber } from '../text/values';
import type { Answer } from './answers';
import { clean } from '../text/clean';
import { Failure } from './failure';

export const CREDENTIAL = 'runComfyApi';

/** n8n's own timeout goes first, whose error tells more. */
const LIMIT_AFTER_TIMEOUT_MS = 1_000;

/** How the node talks to the Model API: the credential, and the settings n8n resolved for the node. */
export interface Api {
	context: IExecuteSingleFunctions;
	/** Without a slash at its end. */
	baseUrl: string;
	/** Only known so that it can be kept out of what users see. */
	token?: string;
	/** Proxy, TLS and timeout (ms; NaN when it is no number) as the user set them under Settings. */
	settings: Pick<
		IHttpRequestOptions,
		'proxy' | 'skipSslCertificateValidation' | 'allowedDomains'
	> & { timeout: number };
}

/** A request that got no answer. */
export interface Lost {
	lost: true;
	/** The system's word for it, e.g. ECONNREFUSED. */
	code?: string;
	/** What the system was doing then, e.g. connect. */
	syscall?: string;
	reason: string;
}

export interface Call {
	method: IHttpRequestMethods;
	path: string;
	body?: Blob;
	timeoutMs: number;
	/** Ends the request; without it, stopping the execution does. */
	signal?: AbortSignal;
}

export function apiOf(
	context: IExecuteSingleFunctions,
	options: DeclarativeRestApiSettings.HttpRequestOptions,
): Api {
	const { baseURL, proxy, allowedDomains } = options;
	// From an expression it may come as text.
	const timeout = exactNumber(options.timeout) ?? NaN;
	const skipSslCertificateValidation = Boolean(options.skipSslCertificateValidation);
	return {
		context,
		baseUrl: String(baseURL ?? '')
			.trim()
			.replace(/\/+$/, ''),
		settings: { proxy, skipSslCertificateValidation, timeout, allowedDomains },
	};
}

/** Throws a Failure when the credential cannot work, before anything is sent with it. */
export async function checkCredential(api: Api): Promise<void> {
	const { apiToken } = await api.context.getCredentials<{ apiToken?: string }>(CREDENTIAL);
	api.token = String(apiToken ?? '').trim();
	if (!api.token) {
		throw new Failure('The RunComfy credential has no API token', {
			submitted: 'no',
			wayOut:
				"Open the credential and fill in 'API Token': on runcomfy.com, it is in the menu of your avatar.",
		});
	}
	if (!/^https?:$/.test(URL.canParse(api.baseUrl) ? new URL(api.baseUrl).protocol : '')) {
		throw new Failure(
			`'Base URL' of the RunComfy credential is '${api.baseUrl}', which is no URL`,
			{
				submitted: 'no',
				wayOut: 'Open the credential and set it to https://model-api.runcomfy.net.',
			},
		);
	}
}

/**
 * The one place that sends requests to the Model API. Sends once and never follows a redirect; every
 * HTTP status is an answer, and no answer is a `Lost`, so this never rejects.
 */
export async function call(
	api: Api,
	{ method, path, body, timeoutMs, signal }: Call,
): Promise<Answer | Lost> {
	// n8n's timeout counts only silence once there are headers; this one ends what trickles in forever.
	const limit = AbortSignal.timeout(Math.round(timeoutMs) + LIMIT_AFTER_TIMEOUT_MS);
	const stop = signal ?? api.context.getExecutionCancelSignal();
	const abortSignal = stop ? AbortSignal.any([stop, limit]) : limit;
	// n8n's helper takes the signal from the context it is called on.
	const context: IExecuteSingleFunctions = Object.create(api.context, {
		getExecutionCancelSignal: { value: () => abortSignal },
	});
	const options: IHttpRequestOptions = {
		...api.settings,
		method,
		url: api.baseUrl + path,
		headers: { Accept: 'application/json' },
		encoding: 'text',
		returnFullResponse: true,
		// With it n8n does not send a refused request (401) a second time.
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		abortSignal,
		timeout: Math.max(1, Math.round(timeoutMs)),
	};
	if (body) options.body = body as unknown as IHttpRequestOptions['body'];
	try {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL,
			options,
		)) as IN8nHttpFullResponse;
		return {
			httpStatus: response.statusCode,
			headers: response.headers,
			json: jsonObject(response.body),
		};
	} catch (error) {
		if (!limit.aborted) return lost(error, api.token);
		const reason = `no whole answer within ${Math.round(timeoutMs / 1000)} s`;
		return { lost: true, code: 'ETIMEDOUT', reason };
	}
}

function jsonObject(body: unknown): IDataObject | undefined {
	let value = body;
	if (typeof body === 'string') {
		try {
			value = JSON.parse(body);
		} catch {
			return undefined;
		}
	}
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as IDataObject)
		: undefined;
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

/** Describes an error of n8n's HTTP helpers; the socket's own words are at the end of its causes. */
export function lost(error: unknown, token?: string): Lost {
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
		lost: true,
		code: codes.find(isText),
		// Node's message begins with it: connect ECONNREFUSED 127.0.0.1:443
		syscall:
			chain.map(({ syscall }) => syscall).find(isText) ??
			/^(connect|getaddrinfo) E/.exec(reason)?.[1],
		reason: clean(reason, token),
	};
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

// What only happens before a connection is there, or before it is found to be safe.
const NEVER_SENT =
	/^(ECONNREFUSED|ENOTFOUND|EAI_\w+|ERR_TLS.*|ERR_INVALID.*|CERT_.*|.*_CERT(IFICATE)?(_.*)?|UNABLE_TO_VERIFY.*)$/;

/**
 * Whether a lost request cannot have reached anyone, since its connection never came about. Codes
 * such as EHOSTUNREACH can also end a connection that has carried the request.
 */
export function wasNeverSent({ code = '', syscall = '' }: Lost): boolean {
	return NEVER_SENT.test(code) || ['connect', 'getaddrinfo'].includes(syscall);
}
