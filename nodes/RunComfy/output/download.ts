import type { IBinaryData } from 'n8n-workflow';

import { Failure, stopped } from '../api/failure';
import { noResponse } from '../api/noResponse';
import { unreachedBy } from '../api/refusals';
import { peek, releaseStored, watched } from '../n8n/downloadStream';
import { pause } from '../n8n/pause';
import { decodedBytes } from '../order/files/base64';
import { TYPE_BYTES } from '../order/files/fileType';
import { backoffMs } from '../reads/backoff';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { Delivery } from '../wait/delivery';
import { fileNameOf } from './fileName';
import { AGAIN, MAX_BYTES, openFile, TOO_LARGE, tooLarge, type Broken } from './openFile';

const MAX_TRIES = 5;
/** Longest wait that a host may ask for before the next try. */
const MAX_RETRY_AFTER_MS = 60_000;

const elsewhere = ({ download: { displayName }, urlField }: Delivery): string =>
	`It is paid for and not lost: turn '${displayName}' off, run Wait for Completion with the request ID, and fetch its ${urlField} with an HTTP Request node.`;
const GONE =
	'It was paid for, but cannot be fetched any more. Look at Generations on runcomfy.com; to have it made again is a new purchase.';

/** A file of a finished request, and how it is to be called. */
export interface WantedFile {
	url: string;
	name: string;
	/** Distinguishes it from the other files of the request. */
	mark: string;
	/** Asks for another link to it. */
	renew(): Promise<string>;
}

/** A file in n8n's storage. */
export interface Downloaded {
	binary: IBinaryData;
	bytes: number;
}

/**
 * Streams a file of a finished request into n8n's binary storage, without the token. Tries again
 * from the start while that can help, renews its link once when that has expired, and checks the
 * length the host announced. Throws a Failure otherwise; it never buys anything.
 */
export async function download(
	item: Item,
	purchase: Purchase,
	delivery: Delivery,
	wanted: WantedFile,
): Promise<Downloaded> {
	let { url } = wanted;
	let isRenewed = false;
	for (let tries = 1; ; tries++) {
		const outcome = await item.run.transfers.use(
			async () => await tryOnce(item, delivery, { ...wanted, url }, tries),
		);
		if ('binary' in outcome) return outcome;
		if (item.signal?.aborted) throw stopped({ submitted: 'yes' });
		if (outcome.kind === 'expired' && !isRenewed) {
			isRenewed = true;
			url = await wanted.renew();
			continue;
		}
		if (outcome.kind === 'foreign' && item.context.continueOnFail())
			spareOthers(item, purchase, delivery, outcome.reason);
		if (outcome.kind !== 'transient' || tries >= MAX_TRIES)
			throw failed(purchase, delivery, outcome);
		const asked = Math.min(outcome.retryAfter ?? 0, MAX_RETRY_AFTER_MS);
		await pause(Math.max(backoffMs(tries), asked), item.signal);
	}
}

/** Keeps orders of the same model that are not sent yet from being paid for in vain. */
function spareOthers(
	{ index, pass }: Item,
	{ target }: Purchase,
	{ noun, download: { displayName }, urlField }: Delivery,
	reason: string,
): void {
	const text = `Not sent, since its ${noun} could not be downloaded either. Item ${index}: ${reason}`;
	const hint = `Turn '${displayName}' off, and fetch the '${urlField}' of the output with an HTTP Request node.`;
	pass.refuse(new Failure(text, { submitted: 'no', hint }), target);
}

function failed(
	{ requestId }: Purchase,
	delivery: Delivery,
	{ kind, reason, hint, isForOthers, httpStatus }: Broken,
): Failure {
	const { noun } = delivery;
	const known = { submitted: 'yes', technical: reason } as const;
	if (kind === 'expired' && (httpStatus === 404 || httpStatus === 410)) {
		// The status tells what is gone for good from what may come back.
		const details = { ...known, httpStatus, hint: GONE };
		return new Failure(`The ${noun} of request ${requestId} is gone from its host`, details);
	}
	return new Failure(
		`The ${noun} of request ${requestId} is finished, but could not be downloaded`,
		{ ...known, hint: hint ?? (isForOthers ? elsewhere(delivery) : AGAIN) },
	);
}

async function tryOnce(
	item: Item,
	delivery: Delivery,
	{ url, name, mark }: WantedFile,
	tries: number,
): Promise<Downloaded | Broken> {
	const { context, signal } = item;
	if (signal?.aborted) return { kind: 'final', reason: 'the execution was stopped' };
	const end = new AbortController();
	const onStop = () => end.abort();
	signal?.addEventListener('abort', onStop, { once: true });
	try {
		const opened = await openFile(item.api, url, end.signal);
		if ('kind' in opened) return opened;
		const { stream, mimeType } = opened;
		const watch = watched(stream, end, { most: MAX_BYTES, tooLarge: TOO_LARGE });
		const { head, isWhole } = await peek(stream, TYPE_BYTES);
		const type = delivery.typeOf({ url, mimeType, head });
		if (!type) {
			const reason = `the link holds ${mimeType || 'text'} instead of a ${delivery.noun}`;
			return { kind: 'transient', reason };
		}
		// A storage that turns out to need all chunks at once gets them in the next try.
		if (tries === 1) releaseStored(stream);
		const fileName = fileNameOf(name, type.endings, mark);
		const binary = await context.helpers.prepareBinaryData(
			isWhole ? head : stream,
			fileName,
			type.mimeType,
		);
		watch.done = true;
		const stored = binary.bytes ?? (await storedBytes(item, binary));
		if (stored === 0) return { kind: 'transient', reason: 'the file is empty' };
		// What came before the watch is not counted.
		const bytes = opened.bytes ?? Math.max(watch.bytes, stored);
		if (stored !== bytes)
			return { kind: 'transient', reason: `${stored} of ${bytes} bytes arrived` };
		return { binary, bytes };
	} catch (error) {
		if (end.signal.reason === TOO_LARGE) return tooLarge;
		const lost = noResponse(error);
		const reason = typeof end.signal.reason === 'string' ? end.signal.reason : lost.reason;
		const hint =
			lost.obstacle === 'certificate' ? `${unreachedBy(lost)?.hint} ${AGAIN}` : undefined;
		return { kind: 'transient', reason, hint };
	} finally {
		signal?.removeEventListener('abort', onStop);
		end.abort();
	}
}

async function storedBytes({ context }: Item, { id, data }: IBinaryData): Promise<number> {
	return id ? (await context.helpers.getBinaryMetadata(id)).fileSize : decodedBytes(data);
}
