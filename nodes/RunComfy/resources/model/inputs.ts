import type { Finding } from '../../order/order';
import { isRecord, jsonIn } from '../../text/json';
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
 * be converted stays as it is, for the validator to name.
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
