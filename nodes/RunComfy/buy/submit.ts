import { isLimit, purchaseOf, requestIdIn, retryAfterMs } from '../api/answers';
import { call } from '../api/client';
import { Failure, stopped } from '../api/failure';
import { neverReachedServer } from '../api/noResponse';
import { detailsOf, refusal, unreachedBy } from '../api/refusals';
import { at } from '../api/services';
import { signedLinks } from '../check/ownLinks';
import { now } from '../n8n/clock';
import { pause } from '../n8n/pause';
import { RequestBody } from '../order/body';
import type { PreparedOrder } from '../order/order';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import { rememberPurchase } from '../run/purchases';
import { Limited } from '../run/submitQueue';

/** Slowest upload that is waited for, in bytes a second: half a megabit. */
const SLOWEST_UPLOAD = 64 * 1024;
/** After a stop, how long the answer to a submit that was sent in full is waited for, in ms. */
const ANSWER_AFTER_STOP_MS = 2_500;

const NOT_REACHED = {
	message: 'RunComfy could not be reached',
	hint: "Check the internet connection of n8n and 'Base URL' of the credential, then run again.",
};
const UNKNOWN = 'RunComfy did not confirm the request, so it may or may not have been bought';
const CHECK_GENERATIONS =
	'Look at Generations on runcomfy.com before you run this item again. If the result is there, get it with Wait for Completion and its request ID.';

/**
 * Sends the submit of an item, once. Throws a Failure that says whether it may have been bought, and
 * returns the one refusal that may be sent again.
 */
export async function submit(item: Item, order: PreparedOrder): Promise<Purchase | Limited> {
	const { service, target, kind, makes = 'video', dryRun } = order;
	const { api, context, entry, index, signal } = item;
	// Links are signed when they are sent: an item may have waited long for its turn.
	const body = new RequestBody(context, order.input, signedLinks(context, order));
	const end = new AbortController();
	const onStop = () => {
		if (!body.complete) end.abort();
		else void pause(ANSWER_AFTER_STOP_MS).then(() => end.abort());
	};
	signal?.addEventListener('abort', onStop, { once: true });
	// It runs from the start of the upload to the answer.
	const timeoutMs = api.settings.timeout + (body.size / SLOWEST_UPLOAD) * 1000;
	const answer = await call(at(api, service), {
		method: 'POST',
		path: service.submitPath(target),
		body,
		timeoutMs,
		signal: end.signal,
		dryRun: dryRun ? makes : undefined,
	});
	signal?.removeEventListener('abort', onStop);

	const unconfirmed = () => {
		const [id, named] = 'noResponse' in answer ? [] : [requestIdIn(answer), answer.named];
		const said = named ? `: RunComfy named ${named}` : '';
		context.logger.warn(
			`RunComfy: item ${index} may have been bought, but was not confirmed${said}`,
		);
		entry.unconfirmed = { named };
		return new Failure(UNKNOWN, {
			submitted: 'unknown',
			hint: CHECK_GENERATIONS,
			...detailsOf(answer),
			requestId: id,
			...(named && !id && { technical: `RunComfy named the request ${named}` }),
		});
	};
	if ('noResponse' in answer) {
		const wasNotSent = neverReachedServer(answer);
		if (body.complete && !wasNotSent) throw unconfirmed();
		if (signal?.aborted) {
			context.logger.info(`RunComfy: stopped; item ${index} was not sent`);
			throw stopped({ submitted: 'no' });
		}
		if (body.unreadable) throw body.unreadable;
		const isSlow =
			!wasNotSent &&
			/^(ECONNABORTED|ETIMEDOUT)$/.test(answer.code ?? '') &&
			body.size > SLOWEST_UPLOAD;
		const unreached = unreachedBy(answer) ?? NOT_REACHED;
		throw isSlow
			? new Failure('The files could not be sent in time, so nothing was bought', {
					submitted: 'no',
					...detailsOf(answer),
					hint: "Use smaller files, set 'Send Files As' under Options to Link, or give URLs instead.",
				})
			: new Failure(`${unreached.message}, so nothing was bought`, {
					submitted: 'no',
					...detailsOf(answer),
					hint: unreached.hint,
				});
	}
	const outcome = purchaseOf(answer);
	if (outcome === 'refused') {
		body.end();
		const refused = refusal(answer, 'submit', { submitted: 'no' });
		if (isLimit(answer)) return new Limited(refused, retryAfterMs(answer.headers, Date.now()));
		throw refused;
	}
	if (outcome === 'unknown') throw unconfirmed();
	const status = String(answer.json?.status ?? 'in_queue');
	const requestId = outcome.bought;
	const what = dryRun ? `dry run ${requestId}, nothing was bought` : `bought request ${requestId}`;
	context.logger.info(`RunComfy: ${what}`, { itemIndex: index, target });
	const bought = { kind: `${target} ${kind ?? ''}`, since: now() };
	if (!dryRun) rememberPurchase(context, requestId, bought);
	return { service, requestId, target, status, ...bought };
}
