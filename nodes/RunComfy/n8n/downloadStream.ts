import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { litter, release } from './memory';
import { pause } from './pause';

export const MAX_BYTES = 2 * 1024 ** 3;
export const TOO_LARGE = 'the file is larger than 2 GiB';

/** A host that is silent for this long is given up for this try, in ms. */
export const SILENCE_MS = 60_000;
const SILENT = `nothing arrived for ${SILENCE_MS / 1000} s`;
const WATCH_INTERVAL_MS = 1_000;

type Storable = Parameters<IExecuteSingleFunctions['helpers']['prepareBinaryData']>[0];

/** A response body as n8n's HTTP layer gives it: a stream of Node.js. */
export type Stream = Storable &
	AsyncIterable<Buffer> & { push(chunk: Buffer | null, encoding?: string): boolean };

interface Watch {
	/** So many bytes have come in. */
	bytes: number;
	/** Ends the watch. */
	done: boolean;
}

/**
 * Ends a download that stands still, or that never ends: n8n's own timeout is over when the headers
 * are there. Bytes are counted where they come into the stream, since listening to it would start it
 * before n8n does.
 */
export function watched(stream: Stream, end: AbortController): Watch {
	const watch: Watch = { bytes: 0, done: false };
	const push = stream.push.bind(stream);
	stream.push = (chunk: Buffer | null, encoding?: string) => {
		if (chunk) {
			watch.bytes += chunk.length;
			litter(chunk);
		}
		return push(chunk, encoding);
	};
	const look = async () => {
		let [last, silentMs] = [0, 0];
		while (!watch.done && !end.signal.aborted) {
			await pause(WATCH_INTERVAL_MS, end.signal);
			silentMs = watch.bytes === last ? silentMs + WATCH_INTERVAL_MS : 0;
			last = watch.bytes;
			if (watch.bytes > MAX_BYTES) end.abort(TOO_LARGE);
			if (silentMs >= SILENCE_MS) end.abort(SILENT);
		}
	};
	void look();
	return watch;
}

/**
 * Releases each chunk once it is stored. Only n8n's file system storage iterates over a stream, and it
 * asks for the next chunk when it has written the last one; storages that keep all chunks before they
 * store them listen to its events.
 */
export function releaseStored(stream: Stream): void {
	const iterate = stream[Symbol.asyncIterator].bind(stream);
	stream[Symbol.asyncIterator] = async function* () {
		for await (const chunk of { [Symbol.asyncIterator]: iterate }) {
			yield chunk;
			release(chunk);
		}
	};
}
