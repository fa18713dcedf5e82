import { Failure } from '../api/failure';
import { read } from '../api/read';
import { isFinal, phaseOf } from '../api/states';
import type { RequestStatus } from '../api/types';
import { shown } from '../text/values';
import { perItem } from './perItem';
import { requestIdOf, soon } from './requestId';

/** Get Status: one look at a request, with booleans that an IF node can use. */
export const getStatus = perItem(async (item) => {
	const { api, run, signal, index } = item;
	const requestId = await requestIdOf(item);
	const known = { submitted: 'yes', requestId } as const;
	const path = `/v1/requests/${requestId}/status`;
	const answer = await read(api, path, {
		subject: 'request',
		deadline: soon(),
		signal,
		pace: run.pace,
		takesTurn: true,
		known,
	});
	const { status, queue_position } = (answer.json ?? {}) as RequestStatus;
	const phase = phaseOf(status);
	if (phase === 'unknown') {
		throw new Failure(
			`Request ${requestId} is in the state '${shown(status)}', which this node does not know`,
			{
				...known,
				status,
				wayOut: 'Look at Generations on runcomfy.com.',
			},
		);
	}
	const json = {
		request_id: requestId,
		status,
		...(queue_position !== undefined && { queue_position }),
		is_finished: isFinal(phase),
		is_successful: phase === 'completed',
	};
	return [{ json, pairedItem: { item: index } }];
});
