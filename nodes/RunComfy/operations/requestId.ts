import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { Failure } from '../api/failure';
import { isRequestId } from '../api/ids';
import { REQUEST_ID_LABEL } from '../check/labels';
import { isUnset, preview } from '../text/values';

/**
 * What the `requestId` parameter of an item names, each once and unchecked: text with commas or line breaks
 * between the IDs, or a list, also of objects with a `request_id`.
 */
export function requestIdsOf(context: IExecuteSingleFunctions): unknown[] {
	const given: unknown = context.getNodeParameter('requestId', '');
	const ids = [...new Set(idsIn(given))].filter((id) => !isUnset(id));
	return ids.length ? ids : [undefined];
}

function idsIn(given: unknown): unknown[] {
	if (Array.isArray(given)) return given.flatMap(idsIn);
	if (typeof given === 'string') return given.split(/[,\r\n]/).map((id) => id.trim());
	// A sheet gives an ID of digits as a number.
	if (Number.isSafeInteger(given)) return [String(given)];
	const named = (given as IDataObject | null)?.request_id;
	return named === undefined ? [given] : idsIn(named);
}

/** A request ID, validated before it goes into the path of a request. */
export function checkedRequestId(id: unknown): string {
	if (isRequestId(id)) return id;
	const message = isUnset(id)
		? `'${REQUEST_ID_LABEL}' is empty`
		: `'${REQUEST_ID_LABEL}' can only have letters, digits, - and _ (got '${preview(id)}')`;
	throw new Failure(message, {
		submitted: 'no',
		hint: 'Use the request_id returned by Create or Generate, as {{ $json.request_id }} does.',
	});
}
