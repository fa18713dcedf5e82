import type { IDataObject } from 'n8n-workflow';

import type { Finding } from '../../order/order';
import { exactBoolean, exactNumber, isUnset, preview } from '../../text/values';
import { defaultOf, enumOf, type Field } from './schema';

type Values = Record<string, unknown>;

/** What the form, or an expression in its place, gives by name; undefined when it is no object. */
export function givenInputs(value: unknown): Values | undefined {
	const given = isUnset(value) ? {} : typeof value === 'string' ? jsonIn(value) : value;
	if (!isRecord(given)) return undefined;
	// The form wraps its values; an expression gives them alone.
	if (typeof given.mappingMode !== 'string') return given;
	return isUnset(given.value) ? {} : givenInputs(given.value);
}

const isRecord = (value: unknown): value is Values =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON that a text is; undefined for other text. */
function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The additional input as an object, which comes from the form as JSON. */
export function additionalInput(value: unknown, issues: Finding[]): IDataObject {
	if (isUnset(value)) return {};
	// An expression may yield what JSON does not know, such as fields that are undefined.
	const parsed = jsonIn(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
	if (isRecord(parsed)) return parsed as IDataObject;
	issues.push({
		text: `'Additional Input (JSON)' must be a JSON object such as {"seed": 7} (got '${preview(value)}')`,
	});
	return {};
}

/** Given inputs that the model does not have. */
export function unknownInputs(given: Values, fields: Field[]): Finding[] {
	return Object.entries(given)
		.filter(([name, value]) => !isUnset(value) && !fields.some((field) => field.name === name))
		.map(([name]) => ({
			text: `'${preview(name)}' is no input of this model, whose inputs are ${fields.map((field) => field.name).join(', ')}. Remove it, or send it with 'Additional Input (JSON)'`,
		}));
}

/** The values to send, by name; of inputs that take files, what the form says as it is. */
export function inputsOf(fields: Field[], given: Values): Values {
	const entries = fields.map((field) => [
		field.name,
		field.media ? given[field.name] : valueOf(field, given[field.name]),
	]);
	return Object.fromEntries(entries.filter(([, value]) => !isUnset(value)));
}

/**
 * A value as its schema wants it; sheets and expressions give numbers as text, and text as numbers. What cannot
 * be read so stays as it is, for the validator to name.
 */
function valueOf(field: Field, given: unknown): unknown {
	// A default that the schema requires is not RunComfy's to fill in.
	if (isUnset(given)) return field.isRequired ? defaultOf(field) : undefined;
	const choice = enumOf(field.schema)?.find((value) => String(value) === String(given).trim());
	if (choice !== undefined) return choice;
	for (const type of field.types) {
		const value = READERS[type](given);
		if (value !== undefined) return value;
	}
	return given;
}

const parsed = (value: unknown): unknown => (typeof value === 'string' ? jsonIn(value) : value);

const READERS: Record<Field['types'][number], (value: unknown) => unknown> = {
	integer: exactNumber,
	number: exactNumber,
	boolean: exactBoolean,
	string: (value) =>
		['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined,
	array: (value) => (Array.isArray(parsed(value)) ? parsed(value) : undefined),
	object: (value) => (isRecord(parsed(value)) ? parsed(value) : undefined),
};
