import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { isRecord, jsonIn } from '../../text/json';
import { isUnset, preview } from '../../text/values';

/** The additional input as an object, which comes from the form as JSON; `example` shows what is meant. */
export function additionalInput(value: unknown, example: string, issues: Finding[]): IDataObject {
	if (isUnset(value)) return {};
	// An expression may yield what JSON does not know, such as fields that are undefined.
	const parsed = jsonIn(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
	if (isRecord(parsed)) return parsed as IDataObject;
	issues.push({
		text: `'Additional Input (JSON)' must be a JSON object such as ${example} (got '${preview(value)}')`,
	});
	return {};
}
