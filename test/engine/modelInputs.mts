import type { InputSchema } from '../../simulator/models.mts';

/** Inputs that a model needs at least, with files named after their kind. */
export function sample({ properties = {}, required = [] }: InputSchema): Record<string, unknown> {
	const needed = required.filter(
		(name) =>
			name in properties && !(properties[name].default !== undefined && properties[name].enum),
	);
	return Object.fromEntries(needed.map((name) => [name, valueFor(properties[name])]));
}

function valueFor(schema: InputSchema): unknown {
	const format = schema.format ?? schema.items?.format;
	const kind = /^(\w+)_uris?$/.exec(format ?? '')?.[1];
	if (kind) return kind;
	if (Array.isArray(schema.enum)) return schema.enum[0];
	const type = String(schema.type).toLowerCase();
	if (type === 'array') return JSON.stringify([valueFor(schema.items ?? {})]);
	if (type === 'object') return sample(schema);
	return ['integer', 'float', 'number'].includes(type) ? (schema.minimum ?? 1) : 'a red boat';
}
