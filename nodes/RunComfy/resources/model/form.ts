import type { FieldType, INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';

import { defaultOf, enumOf, limitIn, type Field, type Schema } from './schema';

/**
 * An input of a model as a field of the form. n8n has no place for limits in such a field, and shows some 25
 * characters of its label, which has them in short: Duration (3–15).
 */
export function formField(field: Field): ResourceMapperField {
	const { name, label } = field;
	// The prompt has a place of its own above, which stays when another model is chosen.
	const isRequired = field.isRequired && name !== 'prompt';
	const type = typeOf(field);
	const note = noteOf(field);
	return {
		id: name,
		displayName: note ? `${label} (${note})` : label,
		required: isRequired,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		removed: !isRequired,
		type,
		...(type === 'options' && { options: optionsOf(field.schema) }),
		defaultValue: defaultOf(field),
	};
}

function typeOf({ schema, types, media }: Field): FieldType {
	if (media) return 'string';
	if (isChoice(schema)) return 'options';
	const [type, ...others] = types;
	// An input of several types is a text field.
	if (!type || others.length) return 'string';
	return type === 'integer' ? 'number' : type;
}

/** Choices of a list or an object are written as JSON. */
const isChoice = (schema: Schema): boolean =>
	enumOf(schema)?.every((value) => ['string', 'number', 'boolean'].includes(typeof value)) ?? false;

const optionsOf = (schema: Schema): INodePropertyOptions[] =>
	(enumOf(schema) as Array<string | number | boolean>).map((value) => ({
		name: String(value),
		value,
	}));

function noteOf({ schema, types, media }: Field): string | undefined {
	if (media) {
		if (!media.isList) return media.kind;
		return [rangeOf(schema, 'minItems', 'maxItems'), `${media.kind}s`].filter(Boolean).join(' ');
	}
	if (isChoice(schema)) return undefined;
	if (types.includes('array') || types.includes('object')) {
		return ['JSON', rangeOf(schema, 'minItems', 'maxItems')].filter(Boolean).join(', ');
	}
	if (types.includes('integer') || types.includes('number'))
		return rangeOf(schema, 'minimum', 'maximum');
	const most = limitIn(schema, 'maxLength');
	return most === undefined ? undefined : `≤ ${most} chars`;
}

/** Such as 3–15, ≤ 4 or ≥ 1. */
function rangeOf(schema: Schema, low: keyof Schema, high: keyof Schema): string | undefined {
	const [least, most] = [limitIn(schema, low), limitIn(schema, high)];
	// A minimum length or count of zero says nothing.
	const isSaid = least !== undefined && (least > 0 || low === 'minimum');
	if (most === undefined) return isSaid ? `≥ ${least}` : undefined;
	if (!isSaid) return `≤ ${most}`;
	return least === most ? String(most) : `${least}–${most}`;
}
