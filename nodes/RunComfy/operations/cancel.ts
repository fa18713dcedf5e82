import { verdictOf } from '../api/answers';
import { Failure } from '../api/failure';
import { detailsOf, refusal } from '../api/refusals';
import type { Service } from '../api/services';
import { now } from '../n8n/clock';
import { READ_DEADLINE_MS } from '../reads/read';
import { readStatus } from '../reads/request';
import { Wait } from '../reads/wait';
import { isOk, outcomeOf, sendCancel } from '../wait/cancel';
import { perRequest } from './perRequest';

/** How long a cancel may take, in ms. */
const CANCEL_TIMEOUT_MS = 30_000;

/** Cancel: asks RunComfy to cancel a queued request, and says what really happened. */
export const cancel = (service: Service) =>
	perRequest(async ({ api, index, signal }, requestId) => {
		const request = { service, requestId };
		const known = { submitted: 'yes', requestId } as const;
		let answer = await sendCancel(api, request, CANCEL_TIMEOUT_MS);
		if (!('noResponse' in answer) && verdictOf(answer) === 'refused')
			throw refusal(answer, 'request', known);
		if (isOk(answer) && !outcomeOf(answer)) {
			const deadline = now() + READ_DEADLINE_MS;
			answer = await readStatus(api, request, {
				deadline,
				signal,
				wait: Wait.once(now(), deadline),
				known,
			});
		}
		const outcome = outcomeOf(answer);
		if (!outcome) {
			throw new Failure('RunComfy did not confirm the cancellation', {
				...known,
				...(isOk(answer)
					? { status: answer.json?.status as string | undefined }
					: detailsOf(answer)),
				hint: 'See with Get Status what became of the request.',
			});
		}
		return [{ json: { request_id: requestId, ...outcome }, pairedItem: { item: index } }];
	});
