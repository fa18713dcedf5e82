// n8n's HTTP layer follows redirects to anywhere, unless its protection against SSRF is switched on, so they
// are followed by hand and each hop is checked before it is sent (n8n 2.41.1 and 1.123.81). As in
// httpRequest.ts, only an error tells whether it was a proxy that answered.
import type {
	IExecuteSingleFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { Stream } from './downloadStream';
import { axiosErrorIn, neverSent, NO_SUCCESS } from './httpRequest';

const MAX_HOPS = 5;

type Answer = IN8nHttpFullResponse & { isFromProxy?: boolean };

/** What is behind a link, before its body is read. */
export interface OpenedLink extends Pick<IN8nHttpFullResponse, 'statusCode' | 'headers'> {
	/** A proxy answered instead, since it did not connect to the host. */
	isFromProxy: boolean;
	stream: Stream;
	/** Ends the connection, whether the body was read or not. */
	close(): void;
}

/**
 * Asks for what is behind a link, without credentials. Stops at the first hop for which `issueOf` has an
 * issue, the link itself among them. Rejects when no response comes.
 */
export async function followRedirects(
	context: IExecuteSingleFunctions,
	start: string,
	options: Pick<
		IHttpRequestOptions,
		'proxy' | 'skipSslCertificateValidation' | 'headers' | 'timeout' | 'method'
	>,
	signal: AbortSignal,
	issueOf: (url: string) => string | undefined,
): Promise<OpenedLink | { issue: string }> {
	let url = start;
	for (let hops = 0; hops <= MAX_HOPS; hops++) {
		const issue = issueOf(url);
		if (issue) return { issue };
		const hop = new AbortController();
		const sent: Promise<Answer> = context.helpers.httpRequest({
			method: 'GET',
			...options,
			url,
			// Compressed, its length and its connection would be hidden.
			headers: { 'Accept-Encoding': 'identity', ...options.headers },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: { ignore: true, except: NO_SUCCESS },
			disableFollowRedirect: true,
			abortSignal: AbortSignal.any([signal, hop.signal]),
		});
		const { statusCode, headers, body, isFromProxy = false } = await sent.catch(answerIn);
		// Destroying the stream of a body that was not read leaves its connection open.
		const close = () => hop.abort();
		const isRedirect = statusCode >= 300 && statusCode < 400 && headers.location && !isFromProxy;
		if (!isRedirect) {
			return { statusCode, headers, isFromProxy, stream: body as unknown as Stream, close };
		}
		close();
		const next = String(headers.location);
		url = URL.canParse(next, url) ? new URL(next, url).href : next;
	}
	return { issue: `leads on more than ${MAX_HOPS} times` };
}

/** The answer that came with an error, if one did. */
function answerIn(error: unknown): Answer {
	const { response } = axiosErrorIn(error);
	if (!response) throw error;
	const { status: statusCode, headers, data } = response;
	return { statusCode, headers, body: data as Answer['body'], isFromProxy: neverSent(error) };
}
