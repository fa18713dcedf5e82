import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request to one of Google's hosts. */
export interface GoogleRequest {
	method: string;
	host: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

/** JSON, or bytes, or nothing. */
export interface GoogleAnswer {
	status?: number;
	headers?: Record<string, string>;
	json?: unknown;
	bytes?: Buffer;
}

/** What Google refuses a request with; its APIs all answer errors in this form. */
export class GoogleError extends Error {
	readonly code: number;
	readonly status: string;

	constructor(code: number, status: string, message: string) {
		super(message);
		this.code = code;
		this.status = status;
	}

	get answer(): GoogleAnswer {
		const { code, status, message } = this;
		return { status: code, json: { error: { code, message, status } } };
	}
}

export const invalid = (message: string): GoogleError =>
	new GoogleError(400, 'INVALID_ARGUMENT', message);

export async function requestOf(message: IncomingMessage): Promise<GoogleRequest> {
	const { method = '', headers, url = '' } = message;
	const { host, pathname, searchParams: query } = new URL(url, `https://${headers.host}`);
	const body = Buffer.concat(await message.toArray());
	return { method, host, path: decodeURIComponent(pathname), query, headers, body };
}

export function send(response: ServerResponse, answer: GoogleAnswer): void {
	const {
		status = 200,
		headers,
		json,
		bytes = Buffer.from(json ? JSON.stringify(json) : ''),
	} = answer;
	response.writeHead(status, {
		'content-type': 'application/json; charset=UTF-8',
		'content-length': bytes.length,
		...headers,
	});
	response.end(bytes);
}
