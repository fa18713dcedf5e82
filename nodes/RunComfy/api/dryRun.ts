// The requests of a dry run are answered here, in RunComfy's words, and never leave n8n. An ID holds all that
// is known of its request, so that it is answered the same in a later node, another process or after a restart.
import { randomBytes } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import { ERROR_CODES } from './answers';
import type { FileKind } from './types';

const PREFIX = 'dry-run-';
/** An ID holds the time of its order (epoch ms, base 36) and the kind of file, unless that is a video. */
const REQUEST = new RegExp(
	`/requests/(${PREFIX}([0-9a-z]{8,9})-[0-9a-f]{8}(?:-(image|audio))?)/(\\w+)(\\?|$)`,
);

const ENDINGS: Record<FileKind, string> = { image: '.png', video: '.mp4', audio: '.wav' };

const QUEUED_MS = 1_000;
const FINISHED_MS = 3_000;

/** Stands in for an HTTP response. */
export interface LocalResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	body: IDataObject;
	neverSent?: false;
}

/** Whether the request with this ID is a dry run's. */
export function isDryRunId(requestId: unknown): boolean {
	return typeof requestId === 'string' && requestId.startsWith(PREFIX);
}

/** Whether a path is about such a request: RunComfy must not get to see it. */
export function isDryRunPath(path: string): boolean {
	return path.includes(`/requests/${PREFIX}`);
}

/**
 * What a dry run answers to a submit that would make a file of `kind`, or about a request of its own by the
 * clock; `now` is epoch ms.
 */
export function answer(path: string, now: number, kind?: FileKind): LocalResponse {
	if (kind) {
		const made = kind === 'video' ? '' : `-${kind}`;
		const id = `${PREFIX}${now.toString(36)}-${randomBytes(4).toString('hex')}${made}`;
		return response(200, { request_id: id, status: 'in_queue' });
	}
	const [, id, time, made = 'video', what] = REQUEST.exec(path) ?? [];
	if (!id) {
		const message = 'No dry run has given this ID.';
		return response(404, { error_code: ERROR_CODES.notFound, error_message: message });
	}
	const start = parseInt(time, 36);
	const end = start + FINISHED_MS;
	const isQueued = now < start + QUEUED_MS;
	const status = isQueued ? 'in_queue' : now < end ? 'in_progress' : 'completed';
	const known = { request_id: id, status };
	if (what === 'cancel') {
		return response(202, { ...known, outcome: isQueued ? 'cancelled' : 'not_cancellable' });
	}
	if (what === 'status') return response(200, { ...known, ...(isQueued && { queue_position: 1 }) });
	const created_at = new Date(start).toISOString();
	if (status !== 'completed') return response(200, { ...known, created_at });
	const finished_at = new Date(end).toISOString();
	// A name that never leads anywhere (RFC 2606).
	const output = { [made]: `https://dry-run.invalid/${id}${ENDINGS[made as FileKind]}` };
	return response(200, { ...known, created_at, finished_at, output, cost: 0 });
}

const response = (statusCode: number, body: IDataObject): LocalResponse => ({
	statusCode,
	headers: {},
	body,
});
