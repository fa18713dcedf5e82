import type { IBinaryData } from 'n8n-workflow';

import { Failure, stopped } from '../api/failure';
import { noResponse, obstacleOf } from '../api/noResponse';
import { unreachedBy } from '../api/refusals';
import { backoffMs, retryAfterMs } from '../api/retryTiming';
import { releaseStored, SILENCE_MS, watched, type Stream } from '../n8n/downloadStream';
import { followRedirects, type OpenedLink } from '../n8n/followRedirects';
import { pause } from '../n8n/pause';
import { decodedBytes } from '../order/files/base64';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { WaitOptions } from '../run/waitOptions';
import { fileNameOf } from './fileName';
import { hostIssue } from './hosts';

/** What RunComfy's official client takes at most. */
const MAX_BYTES = 2 * 1024 ** 3;
const TOO_LARGE = 'the file is larger than 2 GiB';
const MAX_TRIES = 5;
/** Longest wait that a host may ask for before the next try. */
const MAX_RETRY_AFTER_MS = 60_000;
const DEFAULT_MIME_TYPE = 'video/mp4';

const AGAIN =
	'It is paid for and not lost: run Wait for Completion with the request ID to download it again.';
const ELSEWHERE =
	"It is paid for and not lost: turn 'Download Video' off, run Wait for Completion with the request ID, and fetch its video_url with an HTTP Request node.";
const GONE =
	'It was paid for, but cannot be fetched any more. Look at Generations on runcomfy.com; to have it made again is a new purchase.';

/**
 * A try that brought no video; `expired` links may be renewed, `transient` troubles tried again, and on a
 * `foreign` host are the videos of others too.
 */
interface Broken {
	kind: 'expired' | 'transient' | 'foreign' | 'final';
	reason: string;
	/** How to go on, where the same download again would not help. */
	hint?: string;
	httpStatus?: number;
	retryAfter?: number;
}

const tooLarge: Broken = { kind: 'final', reason: TOO_LARGE, hint: ELSEWHERE };

interface Opened {
	stream: Stream;
	mimeType: string;
	/** As announced by the host. */
	bytes?: number;
}

/**
 * Streams the video of a finished request into n8n's binary storage, without the token. Tries again
 * from the start while that can help, asks `freshUrl` once when the link has expired, and checks the
 * length the host announced. Throws a Failure otherwise; it never buys anything.
 */
export async function download(
	item: Item,
	purchase: Purchase,
	options: WaitOptions,
	freshUrl: () => Promise<string | undefined>,
): Promise<IBinaryData> {
	const fileName = fileNameOf(options.fileName ?? purchase.requestId);
	let renewed = false;
	for (let tries = 1; ; tries++) {
		const outcome = await item.run.transfers.use(
			async () => await tryOnce(item, String(purchase.videoUrl), fileName, tries),
		);
		if ('mimeType' in outcome) return outcome;
		if (item.signal?.aborted) throw stopped({ submitted: 'yes' });
		if (outcome.kind === 'expired' && !renewed) {
			renewed = true;
			purchase.videoUrl = (await freshUrl()) ?? purchase.videoUrl;
			continue;
		}
		if (outcome.kind === 'foreign' && item.context.continueOnFail())
			spareOthers(item, purchase, outcome.reason);
		if (outcome.kind !== 'transient' || tries >= MAX_TRIES) throw failed(purchase, outcome);
		const asked = Math.min(outcome.retryAfter ?? 0, MAX_RETRY_AFTER_MS);
		await pause(Math.max(backoffMs(tries), asked), item.signal);
	}
}

/** Orders of the same model that are not sent yet are not to be paid for in vain. */
function spareOthers({ index, pass }: Item, { modelId }: Purchase, reason: string): void {
	const text = `Not sent, since its video could not be downloaded either. Item ${index}: ${reason}`;
	const hint =
		"Turn 'Download Video' off, and fetch the 'video_url' of the output with an HTTP Request node.";
	pass.refuse(new Failure(text, { submitted: 'no', hint }), modelId);
}

function failed({ requestId }: Purchase, { kind, reason, hint, httpStatus }: Broken): Failure {
	const known = { submitted: 'yes', technical: reason } as const;
	if (kind === 'expired' && (httpStatus === 404 || httpStatus === 410)) {
		// The status sets it apart from what may be there later.
		const details = { ...known, httpStatus, hint: GONE };
		return new Failure(`The video of request ${requestId} is gone from its host`, details);
	}
	return new Failure(`The video of request ${requestId} is finished, but could not be downloaded`, {
		...known,
		hint: hint ?? AGAIN,
	});
}

async function tryOnce(
	item: Item,
	url: string,
	fileName: string,
	tries: number,
): Promise<IBinaryData | Broken> {
	const { context, signal } = item;
	if (signal?.aborted) return { kind: 'final', reason: 'the execution was stopped' };
	const end = new AbortController();
	const onStop = () => end.abort();
	signal?.addEventListener('abort', onStop, { once: true });
	try {
		const opened = await open(item, url, end.signal);
		if ('kind' in opened) return opened;
		const { stream, mimeType } = opened;
		const watch = watched(stream, end, { most: MAX_BYTES, tooLarge: TOO_LARGE });
		// A storage that needs them all together after all gets them so in the next try.
		if (tries === 1) releaseStored(stream);
		const binary = await context.helpers.prepareBinaryData(stream, fileName, mimeType);
		watch.done = true;
		const stored = binary.bytes ?? (await storedBytes(item, binary));
		if (stored === 0) return { kind: 'transient', reason: 'the file is empty' };
		// What came before the watch is not counted.
		const bytes = opened.bytes ?? Math.max(watch.bytes, stored);
		if (stored !== bytes)
			return { kind: 'transient', reason: `${stored} of ${bytes} bytes arrived` };
		return binary;
	} catch (error) {
		if (end.signal.reason === TOO_LARGE) return tooLarge;
		const lost = noResponse(error);
		const reason = typeof end.signal.reason === 'string' ? end.signal.reason : lost.reason;
		const hint =
			obstacleOf(lost) === 'certificate' ? `${unreachedBy(lost)?.hint} ${AGAIN}` : undefined;
		return { kind: 'transient', reason, hint };
	} finally {
		signal?.removeEventListener('abort', onStop);
		end.abort();
	}
}

/** Opens the file, each hop of the way checked. */
async function open(
	{ context, api }: Item,
	url: string,
	signal: AbortSignal,
): Promise<Opened | Broken> {
	const { proxy, skipSslCertificateValidation } = api.settings;
	const options = { proxy, skipSslCertificateValidation, timeout: SILENCE_MS };
	let foreign: string | undefined;
	const opened = await followRedirects(
		context,
		url,
		options,
		signal,
		(hop) => (foreign = hostIssue(hop, api.baseUrl)),
	);
	if ('issue' in opened) {
		return {
			kind: foreign ? 'foreign' : 'final',
			reason: `the link ${opened.issue}`,
			hint: ELSEWHERE,
		};
	}
	const outcome = judge(opened);
	if ('kind' in outcome) opened.close();
	return outcome;
}

function judge({ statusCode, headers, stream }: OpenedLink): Opened | Broken {
	const reason = `HTTP status ${statusCode}`;
	if ([401, 403, 404, 410].includes(statusCode)) {
		return { kind: 'expired', reason, httpStatus: statusCode };
	}
	if (statusCode >= 500 || statusCode === 429 || statusCode === 408) {
		return { kind: 'transient', reason, retryAfter: retryAfterMs(headers, Date.now()) };
	}
	if (statusCode !== 200) return { kind: 'final', reason };

	const [mimeType] = String(headers['content-type'] ?? '')
		.toLowerCase()
		.split(';');
	if (/^(text|image|audio)\/|^application\/(json|xml|problem|xhtml)/.test(mimeType)) {
		return { kind: 'transient', reason: `the link holds ${mimeType} instead of a video` };
	}
	// A length counts compressed bytes where there is a content encoding.
	const announced = headers['content-encoding'] ? undefined : headers['content-length'];
	const bytes = announced === undefined ? undefined : Number(announced);
	if (bytes !== undefined && bytes > MAX_BYTES) return tooLarge;
	return { stream, bytes, mimeType: mimeType.startsWith('video/') ? mimeType : DEFAULT_MIME_TYPE };
}

async function storedBytes({ context }: Item, { id, data }: IBinaryData): Promise<number> {
	return id ? (await context.helpers.getBinaryMetadata(id)).fileSize : decodedBytes(data);
}
