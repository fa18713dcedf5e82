import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from './routes.mts';
import type { LoggedRequest } from './types.mts';

/** The log entry of a request that has just arrived. The token itself is never written down. */
export function entryOf(request: IncomingMessage, route: Route, n: number, token: string) {
	const { authorization, range } = request.headers;
	const length = request.headers['content-length'];
	const entry: LoggedRequest = {
		n,
		atMs: Date.now(),
		kind: route.kind,
		method: request.method ?? '',
		path: request.url ?? '',
		authorization: tokenState(authorization, token),
		requestId: route.requestId,
		modelId: route.modelId,
		userAgent: request.headers['user-agent'],
		contentLength: length === undefined ? undefined : Number(length),
		range,
	};
	return entry;
}

function tokenState(header: string | undefined, token: string): LoggedRequest['authorization'] {
	if (header === undefined) return 'none';
	return header === `Bearer ${token}` ? 'valid' : 'invalid';
}

/** Notes a client that leaves early, and reports when the request is over. */
export function watch(
	response: ServerResponse,
	entry: LoggedRequest,
	isCut: () => boolean,
	onEnd: ((entry: LoggedRequest) => void) | undefined,
) {
	response.on('close', () => {
		if (!response.writableFinished && !isCut()) entry.aborted = true;
		onEnd?.(entry);
	});
}
