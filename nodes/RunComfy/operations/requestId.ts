import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { isRequestId } from '../api/ids';
import { isUnset, preview } from '../text/values';

/** The checked `requestId` parameter of an item. */
export function requestIdOf(context: IExecuteSingleFunctions): string {
	const given = context.getNodeParameter('requestId', '');
	// A sheet gives an ID of digits as a number.
	const isText = typeof given === 'string' || Number.isSafeInteger(given);
	const requestId = isText ? String(given).trim() : given;
	if (isRequestId(requestId)) return requestId;
	const message = isUnset(requestId)
		? "'Request ID' is empty"
		: `'Request ID' can only have letters, digits, - and _ (got '${preview(requestId)}')`;
	throw new Failure(message, {
		submitted: 'no',
		hint: 'Use the request_id returned by Create or Generate, as {{ $json.request_id }} does.',
	});
}
