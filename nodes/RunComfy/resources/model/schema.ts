// RunComfy's `input_schema` looks like JSON Schema, but is not quite: there is a type `float`, types may be in
// capitals or a list with `null`, `format` stands on lists too, and defaults of texts and media are samples.
import { isRecord } from '../../text/json';
import { exactNumber } from '../../text/values';

/** A schema, or a part of one, as it comes; nothing of it is certain. */
export interface Schema {
	type?: unknown;
	title?: unknown;
	format?: unknown;
	default?: unknown;
	enum?: unknown;
	minimum?: unknown;
	maximum?: unknown;
	minItems?: unknown;
	maxItems?: unknown;
	maxLength?: unknown;
	items?: unknown;
	properties?: unknown;
	required?: unknown;
	/** RunComfy's own list of rules for media. */
	validations?: unknown;
}

export type MediaKind = 'image' | 'video' | 'audio';

/** One input of a model. */
export interface Field {
	name: string;
	/** What the form and messages call it. */
	label: string;
	schema: Schema;
	isRequired: boolean;
	/** JSON types that it takes, besides null; empty where the schema names none that is known. */
	types: JsonType[];
	/** Set where it takes files or links. */
	media?: Media;
}

export interface Media {
	kind: MediaKind;
	isList: boolean;
}

export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';

const JSON_TYPES: Record<string, JsonType> = {
	string: 'string',
	integer: 'integer',
	int: 'integer',
	number: 'number',
	float: 'number',
	double: 'number',
	boolean: 'boolean',
	bool: 'boolean',
	array: 'array',
	object: 'object',
};

const namesIn = (type: unknown): string[] =>
	[type].flat().map((name) => String(name).toLowerCase());

/** The types that a schema takes, besides null. */
export function typesOf({ type }: Schema): JsonType[] {
	return namesIn(type).flatMap((name) => (Object.hasOwn(JSON_TYPES, name) ? JSON_TYPES[name] : []));
}

export const isNullable = ({ type }: Schema): boolean => namesIn(type).includes('null');

/** A value as a schema; anything but an object says nothing. */
export const schemaIn = (value: unknown): Schema => (isRecord(value) ? value : {});

/** The properties of a schema by name. */
export const propertiesOf = (schema: Schema): Record<string, Schema> =>
	Object.fromEntries(
		Object.entries(schemaIn(schema.properties)).map(([name, property]) => [
			name,
			schemaIn(property),
		]),
	);

/** The names that a schema requires; those that are not among its properties cannot be meant. */
export function requiredOf(schema: Schema): string[] {
	const names = Array.isArray(schema.required) ? schema.required : [];
	const own = propertiesOf(schema);
	const isThere = (name: string) => schema.properties === undefined || Object.hasOwn(own, name);
	return names.filter((name): name is string => typeof name === 'string' && isThere(name));
}

export const enumOf = ({ enum: values }: Schema): unknown[] | undefined =>
	Array.isArray(values) && values.length ? values : undefined;

/** A limit of a schema, such as `maximum`, where it is a number. */
export const limitIn = (schema: Schema, name: keyof Schema): number | undefined =>
	exactNumber(schema[name]);

/**
 * The inputs of a model in the order of its form: required ones as the schema names them, then media, then
 * the rest. Undefined for a model without a schema that can be read.
 */
export function fieldsOf(inputSchema: unknown): Field[] | undefined {
	const schema = schemaIn(inputSchema);
	const properties = propertiesOf(schema);
	if (!Object.keys(properties).length) return undefined;
	const required = requiredOf(schema);
	const fields = Object.entries(properties).map(
		([name, property]): Field => ({
			name,
			label: labelOf(name, property),
			schema: property,
			isRequired: required.includes(name),
			types: typesOf(property),
			media: mediaOf(property),
		}),
	);
	const rank = ({ name, isRequired, media }: Field): number =>
		isRequired ? required.indexOf(name) : required.length + (media ? 0 : 1);
	fields.sort((one, other) => rank(one) - rank(other));
	return fields.map((field) => ({ ...field, label: uniqueLabel(field, fields) }));
}

/** Only `format` tells media: `image` may be a list, and there are some 25 names for the same. */
export function mediaOf(schema: Schema): Media | undefined {
	const formats = [schema.format, schemaIn(schema.items).format].map(String);
	for (const format of formats) {
		const [, kind, several] = /^(image|video|audio)_uri(s?)$/i.exec(format) ?? [];
		if (!kind) continue;
		const types = typesOf(schema);
		const isList = types.length ? types.includes('array') : Boolean(several || schema.items);
		return { kind: kind.toLowerCase() as MediaKind, isList };
	}
	return undefined;
}

const ACRONYMS = ['cfg', 'fps', 'id', 'lora', 'url', 'uri'];
const SMALL = ['ms'];

function labelOf(name: string, { title }: Schema): string {
	if (typeof title === 'string' && title.trim()) return title.trim();
	const words = name.split(/[_\s-]+/).filter(Boolean);
	const shown = words.map((word) => {
		const [, stem, plural] = /^(.*?)(s?)$/.exec(word.toLowerCase())!;
		if (ACRONYMS.includes(stem)) return stem.toUpperCase() + plural;
		return SMALL.includes(word) ? word : word[0].toUpperCase() + word.slice(1);
	});
	return shown.join(' ') || name;
}

/** Two inputs with the same title are told apart by their names. */
const uniqueLabel = ({ name, label }: Field, all: Field[]): string =>
	all.some((other) => other.name !== name && other.label === label) ? `${label} (${name})` : label;

/** How a message calls a place in an input: the input, and what leads to it inside of that. */
export function labelAt(
	{ label }: Pick<Field, 'label'>,
	[, ...inner]: Array<string | number>,
): string {
	const where = inner.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
	return `'${label}'${where && ` at ${where.replace(/^\./, '')}`}`;
}

/** Whether an input is prose, by its name: its default is a sample that only RunComfy's own playground would send. */
export const isProse = (name: string): boolean =>
	/prompt|lyric|text|script|caption|description|story|instruction/i.test(name);

/**
 * The value that an input has unless it is given, where it is a setting. Defaults of prompts, lyrics and media
 * are samples, which nobody wants to pay for.
 */
export function defaultOf({
	name,
	schema,
	types,
	media,
}: Field): string | number | boolean | undefined {
	const value = schema.default;
	if (media || types.includes('array') || types.includes('object')) return undefined;
	if (typeof value === 'number' || typeof value === 'boolean') return value;
	if (typeof value !== 'string') return undefined;
	const isSetting = enumOf(schema) !== undefined || (!isProse(name) && !/\s|^$/.test(value));
	return isSetting && !/^(https?|data):/i.test(value) ? value : undefined;
}
