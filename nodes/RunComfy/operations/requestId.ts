import { isRequestId } from '../api/answers';
import { checkCredential } from '../api/client';
import { Failure, toFailure } from '../api/failure';
import { isUnset, shown } from '../text/values';
import type { Item } from './perItem';

/** The checked `requestId` parameter of an item, once the credential is known to be usable. */
export async function requestIdOf({ context, api }: Item): Promise<string> {
	const given = context.getNodeParameter('requestId', '');
	// A sheet gives an ID of digits as a number.
	const isText = typeof given === 'string' || Number.isSafeInteger(given);
	const requestId = isText ? String(given).trim() : given;
	if (!isRequestId(requestId)) {
		const message = isUnset(requestId)
			? "'Request ID' is empty"
			: `'Request ID' is '${shown(requestId)}', and may hold letters, digits, - and _ only`;
		throw new Failure(message, {
			submitted: 'no',
			wayOut: 'Use the request_id that Create or Generate put out, as {{ $json.request_id }} does.',
		});
	}
	try {
		await checkCredential(api);
	} catch (error) {
		throw toFailure(error, 'yes').with({ submitted: 'yes', requestId });
	}
	return requestId;
}

/** A deadline for one read that a user is not kept waiting for, in epoch ms. */
export const soon = () => Date.now() + 60_000;
