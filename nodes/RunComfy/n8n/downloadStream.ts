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
	AsyncIterable<Buffer> & {
		push(chunk: Buffer | null, encoding?: string): boolean;
		read(): Buffer | null;
		unshift(chunk: Buffer): void;
		once(event: string, listener: (error?: Error) => void): void;
		off(event: string, listener: (error?: Error) => void): void;
	};

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
 * The first bytes of a stream, `wanted` of them or more, which stay in it. A stream that ends before is over
 * then, and they are all of it.
 */
export async function peek(
	stream: Stream,
	wanted: number,
): Promise<{ head: Buffer; isWhole: boolean }> {
	let head: Buffer = Buffer.alloc(0);
	for (;;) {
		const chunk = stream.read();
		if (chunk) head = Buffer.concat([head, chunk]);
		if (head.length >= wanted) break;
		if ((await nextOf(stream)) === 'end') return { head, isWhole: true };
	}
	// In the same tick as the last read: a stream that has ended takes nothing back.
	stream.unshift(head);
	return { head, isWhole: false };
}

/** Resolves when there is more to read, or nothing any more; rejects when the connection breaks. */
async function nextOf(stream: Stream): Promise<'readable' | 'end'> {
	return await new Promise((resolve, reject) => {
		const settle = (outcome: () => void) => () => {
			for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener);
			outcome();
		};
		const listeners: Record<string, (error?: Error) => void> = {
			readable: settle(() => resolve('readable')),
			end: settle(() => resolve('end')),
			close: settle(() => reject(new Error('aborted'))),
			error: (error) => settle(() => reject(error ?? new Error('aborted')))(),
		};
		for (const [event, listener] of Object.entries(listeners)) stream.once(event, listener);
	});
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
