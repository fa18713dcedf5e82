import { isNotReady, type Answer } from '../api/answers';
import type { Api } from '../api/client';
import { at, resultPath, statusPath, type RequestRef, type Service } from '../api/services';
import type { RequestResult } from '../api/types';
import { read, type ReadOptions } from './read';

/** A request at the API that it was ordered from. */
export interface ServedRequest extends RequestRef {
	service: Service;
}

/** Reads the status of a request; "not ready" is an answer too. Throws a Failure when it cannot be read. */
export async function readStatus(
	api: Api,
	request: ServedRequest,
	options: Omit<ReadOptions, 'subject'>,
): Promise<Answer> {
	const { service } = request;
	return await read(at(api, service), statusPath(service, request), {
		subject: 'request',
		...options,
	});
}

/** Reads the result of a request, finished or not. Throws a Failure when it cannot be read. */
export async function readResult(
	api: Api,
	request: ServedRequest,
	options: Omit<ReadOptions, 'subject' | 'wait'>,
): Promise<RequestResult> {
	const { service } = request;
	const answer = await read(at(api, service), resultPath(service, request), {
		subject: 'request',
		...options,
	});
	// The documented word for the same.
	if (isNotReady(answer)) return { status: 'in_progress' };
	return (answer.json ?? {}) as RequestResult;
}
