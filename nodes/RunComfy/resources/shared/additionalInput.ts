import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { fieldReader, jsonObject } from '../../text/fields';
import { ADDITIONAL_LABEL } from './additionalField';

/** The additional input as an object, which comes from the form as JSON; `example` shows what is meant. */
export function additionalInput(
	{ additionalInput: value }: IDataObject,
	example: string,
	issues: Finding[],
): IDataObject {
	const read = fieldReader({ value: ADDITIONAL_LABEL }, { value }, (text) => issues.push({ text }));
	return (read('value', jsonObject(example)) ?? {}) as IDataObject;
}
