import { ERROR_CODES } from '../api/answers';
import { Failure } from '../api/failure';
import type { Service } from '../api/services';
import { phaseOf } from '../api/states';
import { now } from '../n8n/clock';
import { READ_DEADLINE_MS } from '../reads/read';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { Outcome } from '../run/repeats/records';
import { resultOf } from '../wait/poll';

/** A request that RunComfy does not know any more is as good as one that failed. */
const GONE = { status: 'failed' };

const CHECK_GENERATIONS =
	'Look at Generations on runcomfy.com. If the result is there, get it with Wait for Completion and its request ID.';
export const ANOTHER_KEY =
	"To order it anew, change the prompt, or 'Idempotency Key' under Options.";

/**
 * The purchase of an earlier order as it is now; undefined when it failed, was cancelled or is gone. Throws when
 * it is not known whether there is one; `orderAnew` says how the user orders it anew then.
 */
export async function reuse(
	item: Item,
	service: Service,
	{ requestId, target }: Pick<Outcome, 'requestId' | 'target'>,
	orderAnew: string,
): Promise<Purchase | undefined> {
	if (!requestId) {
		throw new Failure(
			'This order was sent before, and RunComfy did not confirm it, so it may or may not have been bought',
			{ submitted: 'unknown', hint: `${CHECK_GENERATIONS} ${orderAnew}` },
		);
	}
	const purchase: Purchase = { service, requestId, target, status: '', reused: true };
	const deadline = now() + READ_DEADLINE_MS;
	const result = await resultOf(item, purchase, deadline).catch((error: unknown) => {
		if (error instanceof Failure && error.details.errorCode === ERROR_CODES.notFound) return GONE;
		throw error;
	});
	purchase.status = String(result.status ?? '');
	const isOver = ['failed', 'cancelled', 'ended'].includes(phaseOf(purchase.status));
	return isOver ? undefined : purchase;
}
