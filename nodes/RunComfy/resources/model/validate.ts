// What JSON Schema says of the keywords that RunComfy's schemas have, and no more: a validator that n8n's
// verification allows a node to bring along. Proved against Ajv in test/unit/model/validate.test.mts.
import { isRecord } from '../../text/json';
import {
	enumOf,
	isNullable,
	limitIn,
	propertiesOf,
	requiredOf,
	schemaIn,
	typesOf,
	type JsonType,
	type Schema,
} from './schema';

/** Where a value goes against its schema. */
export interface Violation {
	/** Names and positions that lead to the value. */
	path: Array<string | number>;
	keyword:
		| 'type'
		| 'enum'
		| 'minimum'
		| 'maximum'
		| 'minItems'
		| 'maxItems'
		| 'maxLength'
		| 'required';
	/** What the schema asks for: types, values, or a limit. */
	wanted: unknown;
	value: unknown;
}

/** Everything in which a JSON value goes against a schema. */
export function violationsOf(
	schema: Schema,
	value: unknown,
	path: Violation['path'] = [],
): Violation[] {
	const found: Violation[] = [];
	const against = (keyword: Violation['keyword'], wanted: unknown) =>
		found.push({ path, keyword, wanted, value });
	const isOver = (keyword: keyof Schema & Violation['keyword'], amount: number) => {
		const limit = limitIn(schema, keyword);
		const isBroken =
			limit !== undefined && (keyword.startsWith('max') ? amount > limit : amount < limit);
		if (isBroken) against(keyword, limit);
	};

	const types = typesOf(schema);
	const isNull = value === null && isNullable(schema);
	if (types.length && !isNull && !types.some((type) => isOfType(value, type))) {
		against('type', types);
		return found;
	}
	const allowed = enumOf(schema);
	if (allowed && !allowed.some((one) => isSame(one, value))) against('enum', allowed);
	if (typeof value === 'number') {
		isOver('minimum', value);
		isOver('maximum', value);
	} else if (typeof value === 'string') {
		isOver('maxLength', [...value].length);
	} else if (Array.isArray(value)) {
		isOver('minItems', value.length);
		isOver('maxItems', value.length);
		const items = schemaIn(schema.items);
		found.push(...value.flatMap((item, at) => violationsOf(items, item, [...path, at])));
	} else if (typeof value === 'object' && value !== null) {
		for (const name of requiredOf(schema)) {
			if (!Object.hasOwn(value, name))
				found.push({ path: [...path, name], keyword: 'required', wanted: name, value: undefined });
		}
		const own = value as Record<string, unknown>;
		for (const [name, property] of Object.entries(propertiesOf(schema))) {
			if (Object.hasOwn(own, name))
				found.push(...violationsOf(property, own[name], [...path, name]));
		}
	}
	return found;
}

function isOfType(value: unknown, type: JsonType): boolean {
	if (type === 'array') return Array.isArray(value);
	if (type === 'integer') return Number.isInteger(value);
	if (type === 'object') return isRecord(value);
	return typeof value === type;
}

/** Whether two JSON values are equal. */
function isSame(one: unknown, other: unknown): boolean {
	if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
	const [keys, others] = [Object.keys(one), Object.keys(other)];
	return (
		Array.isArray(one) === Array.isArray(other) &&
		keys.length === others.length &&
		keys.every((key) =>
			isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
		)
	);
}
