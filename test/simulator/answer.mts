import type { ServerResponse } from 'node:http';
import { fileChunks, type FilePart } from './files.mts';

export interface Answer {
	status: number;
	headers?: Record<string, string>;
	json?: unknown;
	/** Sent as it is, instead of `json`. */
	raw?: string | Buffer;
	file?: FilePart;
	/** Send only the first half of the JSON. */
	halved?: boolean;
	/** Send the first half of the body, and keep silent from then on. */
	stalled?: boolean;
}

/** Sends an answer; false when the connection has to be cut because the body was promised longer. */
export async function send(response: ServerResponse, answer: Answer): Promise<boolean> {
	if (answer.file) return await sendFile(response, answer, answer.file);
	const text = answer.json === undefined ? '' : JSON.stringify(answer.json);
	const bytes = Buffer.from(answer.raw ?? text);
	const half = bytes.subarray(0, Math.floor(bytes.length / 2));
	const body = answer.halved ? half : bytes;
	response.writeHead(answer.status, {
		'content-type': 'application/json',
		'content-length': String(body.length),
		...answer.headers,
	});
	if (answer.stalled) response.write(half);
	else response.end(body);
	return true;
}

async function sendFile(response: ServerResponse, answer: Answer, part: FilePart) {
	const announced = part.announce ?? part.length;
	const breakAt = answer.stalled ? Math.floor(part.length / 2) : part.breakAt;
	const length = Math.min(breakAt ?? part.length, part.length);
	response.writeHead(answer.status, {
		'content-length': String(announced),
		// Clients must not take more bytes than announced for the start of the next answer
		...(part.length > announced ? { connection: 'close' } : {}),
		...answer.headers,
	});
	response.flushHeaders();
	if (response.req.method === 'HEAD') {
		response.end();
		return true;
	}
	for (const chunk of fileChunks(part.total, part.first, length, part.head)) {
		// One chunk in flight: a slow reader must not make the file pile up in memory
		const error = await new Promise((done) => response.write(chunk, done));
		if (error) return true;
	}
	if (answer.stalled) return true;
	if (length < announced || length < part.length) return false;
	response.end();
	return true;
}
