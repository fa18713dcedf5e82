import type {
	DeclarativeRestApiSettings,
	IDataObject,
	IExecuteSingleFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
} from 'n8n-workflow';

import { authenticatedRequest } from '../n8n/httpRequest';
import { withoutSignatures } from '../n8n/signedLink';
import { clean } from '../text/clean';
import { exactNumber, preview } from '../text/values';
import { partsOf, type Answer } from './answers';
import { answer, isDryRunPath, type LocalResponse } from './dryRun';
import { Failure } from './failure';
import { noResponse, type NoResponse } from './noResponse';
import { tokenIn } from './token';
import type { FileKind } from './types';

export const CREDENTIAL = 'runComfyApi';

/** n8n's own timeout fires first, because its error says more. */
const LIMIT_AFTER_TIMEOUT_MS = 1_000;

/** A usable connection to the Model API: the credential, and the settings n8n resolved for the node. */
export interface Api {
	context: IExecuteSingleFunctions;
	/** Without a slash at its end. */
	baseUrl: string;
	/** Proxy, TLS and timeout (ms; NaN when it is no number) as the user set them under Settings. */
	settings: Pick<
		IHttpRequestOptions,
		'proxy' | 'skipSslCertificateValidation' | 'allowedDomains'
	> & { timeout: number };
	/** Cuts text to what users may see: short, without files and without the token, which nothing else knows. */
	clean(text: string): string;
}

export interface Call {
	method: IHttpRequestMethods;
	path: string;
	body?: Blob;
	timeoutMs: number;
	/** Ends the request; without it, stopping the execution does. */
	signal?: AbortSignal;
	/**
	 * Answers a submit here instead of sending it, as one that makes such a file; later requests of a dry run
	 * are known by their ID.
	 */
	dryRun?: FileKind;
}

/** Throws a Failure when the credential cannot work, before anything is sent with it. */
export async function connect(
	context: IExecuteSingleFunctions,
	options: DeclarativeRestApiSettings.HttpRequestOptions,
): Promise<Api> {
	const credential = await context.getCredentials<{ apiToken?: string; baseUrl?: string }>(
		CREDENTIAL,
	);
	const { token, oddCharacter } = tokenIn(credential.apiToken);
	if (!token) {
		throw new Failure('The RunComfy credential has no API token', {
			submitted: 'no',
			hint: "Open the credential and fill in 'API Token': on runcomfy.com, it is in the menu of your avatar.",
		});
	}
	if (oddCharacter) {
		throw new Failure(
			`'API Token' of the RunComfy credential contains '${oddCharacter}', which no token does`,
			{
				submitted: 'no',
				hint: 'Copy the token again on runcomfy.com, from the menu of your avatar, and paste it into the credential.',
			},
		);
	}
	const baseUrl = String(credential.baseUrl ?? '')
		.trim()
		// Every path brings its own.
		.replace(/(\/v1)?\/*$/, '');
	if (!/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) {
		throw new Failure(
			`'Base URL' of the RunComfy credential is '${preview(baseUrl)}', which is no URL`,
			{
				submitted: 'no',
				hint: 'Open the credential and set it to https://model-api.runcomfy.net.',
			},
		);
	}
	const { proxy, allowedDomains } = options;
	// From an expression it may come as text.
	const timeout = exactNumber(options.timeout) ?? NaN;
	const skipSslCertificateValidation = Boolean(options.skipSslCertificateValidation);
	return {
		context,
		baseUrl,
		settings: {
			proxy,
			skipSslCertificateValidation,
			timeout,
			// n8n adds the host of the node's base URL itself.
			allowedDomains: allowedDomains && `${new URL(baseUrl).hostname}, ${allowedDomains}`,
		},
		clean: (text) => clean(text, token),
	};
}

/**
 * The one place that sends requests to the Model API. Sends once and never follows a redirect; every
 * HTTP status is an answer, and no answer is a `NoResponse`, so this never rejects. What belongs to a dry
 * run is answered here and not sent.
 */
export async function call(
	api: Api,
	{ method, path, body, timeoutMs, signal, dryRun }: Call,
): Promise<Answer | NoResponse> {
	// Once headers are there, n8n's timeout only limits silence; this one ends a body that trickles in for ever.
	const limit = AbortSignal.timeout(Math.round(timeoutMs) + LIMIT_AFTER_TIMEOUT_MS);
	const stop = signal ?? api.context.getExecutionCancelSignal();
	const options: IHttpRequestOptions = {
		...api.settings,
		method,
		url: api.baseUrl + path,
		headers: { Accept: 'application/json' },
		encoding: 'text',
		timeout: Math.max(1, Math.round(timeoutMs)),
	};
	if (body) options.body = body as unknown as IHttpRequestOptions['body'];
	try {
		const response =
			dryRun || isDryRunPath(path)
				? await dryResponse({ path, body, dryRun }, stop)
				: await authenticatedRequest(
						api.context,
						CREDENTIAL,
						options,
						stop ? AbortSignal.any([stop, limit]) : limit,
					);
		const json = jsonObject(response.body);
		return {
			httpStatus: response.statusCode,
			headers: response.headers,
			json,
			...(response.neverSent && { neverSent: true }),
			...partsOf(json, api.clean),
		};
	} catch (error) {
		const lost = noResponse(error, api.clean);
		const reason = `no whole answer within ${Math.round(timeoutMs / 1000)} s`;
		return limit.aborted ? { ...lost, code: 'ETIMEDOUT', obstacle: undefined, reason } : lost;
	}
}

/** Reads the body to its end, as sending it would, so that a truncated file is noticed. */
async function dryResponse(
	{ path, body, dryRun }: Pick<Call, 'path' | 'body' | 'dryRun'>,
	stop?: AbortSignal,
): Promise<LocalResponse> {
	const pieces = body?.stream()[Symbol.asyncIterator]();
	while (pieces && !stop?.aborted && !(await pieces.next()).done);
	await pieces?.return?.();
	stop?.throwIfAborted();
	return answer(path, Date.now(), dryRun);
}

function jsonObject(body: unknown): IDataObject | undefined {
	let value = body;
	if (typeof body === 'string') {
		try {
			// RunComfy may name a link it was given, in an error for example.
			value = JSON.parse(withoutSignatures(body));
		} catch {
			return undefined;
		}
	}
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as IDataObject)
		: undefined;
}
