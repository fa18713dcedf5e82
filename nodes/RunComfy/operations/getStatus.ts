import { isNotReady } from '../api/answers';
import type { Service } from '../api/services';
import { isFinal, phaseOf } from '../api/states';
import type { RequestStatus } from '../api/types';
import { now } from '../n8n/clock';
import { READ_DEADLINE_MS } from '../reads/read';
import { readStatus } from '../reads/request';
import { Wait } from '../reads/wait';
import { perRequest } from './perRequest';

/** Get Status: one look at a request, with booleans that an IF node can use. */
export const getStatus = (service: Service) =>
	perRequest(async ({ api, signal, index }, requestId) => {
		const known = { submitted: 'yes', requestId } as const;
		const deadline = now() + READ_DEADLINE_MS;
		const answer = await readStatus(
			api,
			{ service, requestId },
			{
				deadline,
				signal,
				wait: Wait.once(now(), deadline),
				known,
			},
		);
		const { status, queue_position } = (answer.json ?? {}) as RequestStatus;
		const phase = phaseOf(status);
		const json = {
			request_id: requestId,
			// The documented word for the same.
			status: isNotReady(answer) ? 'in_progress' : (status ?? null),
			...(queue_position !== undefined && { queue_position }),
			is_finished: isFinal(phase),
			is_successful: phase === 'completed',
		};
		return [{ json, pairedItem: { item: index } }];
	});
