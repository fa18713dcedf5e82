import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface ReceivedBody {
	bytes: number;
	sha256: string;
	/** Undefined when the body is longer than the limit: it is then read to its end, but not kept. */
	text?: string;
}

/** Reads a request's body to its end; undefined when the client went away before. */
export async function readBody(
	request: IncomingMessage,
	limitBytes: number,
): Promise<ReceivedBody | undefined> {
	const hash = createHash('sha256');
	let chunks: Buffer[] = [];
	let bytes = 0;
	try {
		for await (const chunk of request as AsyncIterable<Buffer>) {
			hash.update(chunk);
			bytes += chunk.length;
			if (bytes <= limitBytes) chunks.push(chunk);
			else chunks = [];
		}
	} catch {
		return undefined;
	}
	const text = bytes > limitBytes ? undefined : Buffer.concat(chunks).toString('utf8');
	return { bytes, sha256: hash.digest('hex'), text };
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
