import type { FieldType, INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';

import { defaultOf, enumOf, limitIn, type Field, type Schema } from './schema';

/**
 * An input of a model as a field of the form. n8n has no place for limits and descriptions in such a field, so
 * its label says what it takes.
 */
export function formField(field: Field): ResourceMapperField {
	const { name, label, isRequired } = field;
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
	// Text holds whatever is one of several.
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
		const { kind, isList } = media;
		const range = rangeOf(schema, 'minItems', 'maxItems');
		return isList
			? [`${NOUNS[kind].many}: links or file names`, range].filter(Boolean).join(', ')
			: `${NOUNS[kind].one}: link or file name`;
	}
	if (isChoice(schema)) return undefined;
	if (types.includes('array'))
		return ['JSON list', rangeOf(schema, 'minItems', 'maxItems')].filter(Boolean).join(', ');
	if (types.includes('object')) return 'JSON';
	if (types.includes('integer') || types.includes('number'))
		return rangeOf(schema, 'minimum', 'maximum');
	const most = limitIn(schema, 'maxLength');
	return most === undefined ? undefined : `up to ${most} characters`;
}

const NOUNS = {
	image: { one: 'image', many: 'images' },
	video: { one: 'video', many: 'videos' },
	audio: { one: 'audio', many: 'audios' },
};

function rangeOf(schema: Schema, low: keyof Schema, high: keyof Schema): string | undefined {
	const [least, most] = [limitIn(schema, low), limitIn(schema, high)];
	if (most === undefined) return least ? `at least ${least}` : undefined;
	if (least === most) return String(most);
	return least || low === 'minimum' ? rangeText(least, most) : `up to ${most}`;
}

const rangeText = (least: number | undefined, most: number): string =>
	least === undefined ? `up to ${most}` : `${least} to ${most}`;
