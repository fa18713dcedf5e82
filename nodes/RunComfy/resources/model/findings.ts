import type { Finding } from '../../order/order';
import { mustBe } from '../../text/fields';
import { isRecord } from '../../text/json';
import { unfilledIssue } from '../../text/unfilled';
import { preview } from '../../text/values';
import {
	enumOf,
	isProse,
	labelAt,
	mediaOf,
	propertiesOf,
	schemaIn,
	type Field,
	type Schema,
} from './schema';
import type { Violation } from './validate';

/** How a value breaks its schema, as a sentence with field, value and limit. */
export function violationFinding(
	{ path, keyword, wanted, value }: Violation,
	fields: Field[],
): Finding {
	const [name] = path;
	const field = fields.find((one) => one.name === name);
	const label = labelAt(field ?? { label: String(name) }, path);
	const must = (what: string) => mustBe(label, what, value);
	const noun = field?.media && path.length === 1 ? `${field.media.kind} file` : 'entry';
	const texts: Record<Violation['keyword'], () => string> = {
		required: () => `${label} is empty. This model requires it`,
		type: () => must((wanted as string[]).map((type) => TYPES[type]).join(' or ')),
		enum: () => must(`one of ${(wanted as unknown[]).map((one) => preview(one)).join(', ')}`),
		minimum: () => must(`at least ${String(wanted)}`),
		maximum: () => `${label} can be at most ${String(wanted)} (got '${preview(value)}')`,
		minItems: () => `${label} has ${count(value, noun)}; it needs at least ${String(wanted)}`,
		maxItems: () =>
			`${label} has ${count(value, noun)}; the limit is ${String(wanted)}. Leave some out`,
		maxLength: () =>
			`${label} has ${[...String(value)].length} characters; the limit is ${String(wanted)}. Shorten it`,
	};
	return { text: texts[keyword]() };
}

const TYPES: Record<string, string> = {
	string: 'text',
	integer: 'a whole number',
	number: 'a number',
	boolean: 'true or false',
	array: 'a JSON list',
	object: 'a JSON object',
};

function count(value: unknown, noun: string): string {
	const { length } = value as unknown[];
	const many = noun === 'entry' ? 'entries' : `${noun}s`;
	return `${length} ${length === 1 ? noun : many}`;
}

/** Text inputs with a part that was never filled in, such as `{{ $json.prompt }}`. */
export function unfilledFindings(fields: Field[], input: Record<string, unknown>): Finding[] {
	return Object.entries(input).flatMap(([name, value]) => {
		const field = fields.find((one) => one.name === name);
		return unfilledAt(field ?? { label: preview(name) }, field?.schema ?? {}, value, [name]);
	});
}

/** The same at one place of the inputs, and in what is inside of it. Files and words of a list are looked at elsewhere. */
function unfilledAt(
	field: Pick<Field, 'label'>,
	schema: Schema,
	value: unknown,
	path: Violation['path'],
): Finding[] {
	if (mediaOf(schema) || enumOf(schema)) return [];
	if (typeof value === 'string') {
		const issue = unfilledIssue(value);
		return issue ? [{ text: `${labelAt(field, path)} ${issue}`, check: 'prompt' }] : [];
	}
	if (Array.isArray(value))
		return value.flatMap((entry, at) =>
			unfilledAt(field, schemaIn(schema.items), entry, [...path, at]),
		);
	return Object.entries(isRecord(value) ? value : {}).flatMap(([name, inner]) =>
		unfilledAt(field, propertiesOf(schema)[name] ?? {}, inner, [...path, name]),
	);
}

/**
 * Inputs that are exactly the name of a file of the item, though the schema does not say that they take files:
 * RunComfy would get the word itself. Live schemas can lack a format, or be a union or a reference.
 */
export function fileNameFindings(
	fields: Field[],
	input: Record<string, unknown>,
	fileNames: string[],
): Finding[] {
	return fields
		.filter(({ name, schema, media }) => !media && !enumOf(schema) && !isProse(name))
		.flatMap((field) => {
			const named = [input[field.name]].flat().find((value) => fileNames.includes(String(value)));
			if (named === undefined) return [];
			const text = `'${field.label}' is '${preview(named)}', the name of a file, but this model does not publish that it takes files there, so the word itself would be sent. Give an https link`;
			return [{ text, check: 'prompt' as const }];
		});
}
