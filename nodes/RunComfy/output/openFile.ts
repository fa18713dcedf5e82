import { retryAfterMs } from '../api/answers';
import type { Api } from '../api/client';
import { proxyHint } from '../api/explanations';
import { SILENCE_MS, type Stream } from '../n8n/downloadStream';
import { followRedirects, type OpenedLink } from '../n8n/followRedirects';
import { hostIssue } from './hosts';

/** What RunComfy's official client takes at most. */
export const MAX_BYTES = 2 * 1024 ** 3;
export const TOO_LARGE = 'the file is larger than 2 GiB';
export const AGAIN =
	'It is paid for and not lost: run Wait for Completion with the request ID to download it again.';
/**
 * A try that brought no file; `expired` links may be renewed, `transient` troubles tried again, and on a
 * `foreign` host are the files of others too.
 */
export interface Broken {
	kind: 'expired' | 'transient' | 'foreign' | 'final';
	reason: string;
	/** How to go on, where the same download again would not help. */
	hint?: string;
	/** Only another node can fetch it. */
	isForOthers?: true;
	httpStatus?: number;
	retryAfter?: number;
}

export const tooLarge: Broken = { kind: 'final', reason: TOO_LARGE, isForOthers: true };

interface Opened {
	stream: Stream;
	/** As the host names it, in lower case. */
	mimeType: string;
	/** As announced by the host. */
	bytes?: number;
}

/** Opens the file, each hop of the way checked. */
export async function openFile(
	{ context, baseUrl, settings }: Pick<Api, 'context' | 'baseUrl' | 'settings'>,
	url: string,
	signal: AbortSignal,
): Promise<Opened | Broken> {
	const { proxy, skipSslCertificateValidation } = settings;
	const options = { proxy, skipSslCertificateValidation, timeout: SILENCE_MS };
	let foreign: string | undefined;
	const opened = await followRedirects(
		context,
		url,
		options,
		signal,
		(hop) => (foreign = hostIssue(hop, baseUrl)),
	);
	if ('issue' in opened) {
		return {
			kind: foreign ? 'foreign' : 'final',
			reason: `the link ${opened.issue}`,
			isForOthers: true,
		};
	}
	const outcome = opened.isFromProxy ? refusedByProxy(opened) : judge(opened);
	if ('kind' in outcome) opened.close();
	return outcome;
}

const isTransient = (httpStatus: number) =>
	httpStatus >= 500 || httpStatus === 429 || httpStatus === 408;

/** The status is the proxy's, which did not connect to the host, and says nothing about the file. */
const refusedByProxy = ({ statusCode }: OpenedLink): Broken => ({
	kind: isTransient(statusCode) ? 'transient' : 'final',
	reason: `the proxy that n8n goes through answered with HTTP status ${statusCode}`,
	hint: `${proxyHint(statusCode)} ${AGAIN}`,
});

function judge({ statusCode, headers, stream }: OpenedLink): Opened | Broken {
	const reason = `HTTP status ${statusCode}`;
	if ([401, 403, 404, 410].includes(statusCode)) {
		return { kind: 'expired', reason, httpStatus: statusCode };
	}
	if (isTransient(statusCode)) {
		return { kind: 'transient', reason, retryAfter: retryAfterMs(headers, Date.now()) };
	}
	if (statusCode !== 200) return { kind: 'final', reason };

	const [mimeType] = String(headers['content-type'] ?? '')
		.toLowerCase()
		.split(';');
	// A length counts compressed bytes where there is a content encoding.
	const announced = headers['content-encoding'] ? undefined : headers['content-length'];
	const bytes = announced === undefined ? undefined : Number(announced);
	if (bytes !== undefined && bytes > MAX_BYTES) return tooLarge;
	return { stream, bytes, mimeType: mimeType.trim() };
}
