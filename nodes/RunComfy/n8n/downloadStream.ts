// What n8n's HTTP layer and binary storage leave undone about a download (n8n 2.41.1 and 1.123.81):
// - its timeout is over when the headers are there, so a body may stand still for ever;
// - its 2.x HTTP layer hides the socket, so silence can only be seen where bytes come into the stream;
// - chunks that were stored stay in memory until a major collection, see memory.ts.
import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { promptMinorGc, release } from './memory';
import { pause } from './pause';

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
 * Ends a download that stands still, or that goes on beyond `most` bytes (then with `tooLarge` as the
 * reason). Bytes are counted where they come into the stream, since listening to it would start it before
 * n8n does.
 */
export function watched(
	stream: Stream,
	end: AbortController,
	{ most, tooLarge }: { most: number; tooLarge: string },
): Watch {
	const watch: Watch = { bytes: 0, done: false };
	const push = stream.push.bind(stream);
	stream.push = (chunk: Buffer | null, encoding?: string) => {
		if (chunk) {
			watch.bytes += chunk.length;
			promptMinorGc(chunk);
		}
		return push(chunk, encoding);
	};
	const look = async () => {
		let [last, silentMs] = [0, 0];
		while (!watch.done && !end.signal.aborted) {
			await pause(WATCH_INTERVAL_MS, end.signal);
			silentMs = watch.bytes === last ? silentMs + WATCH_INTERVAL_MS : 0;
			last = watch.bytes;
			if (watch.bytes > most) end.abort(tooLarge);
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
