import type { Finding } from '../../order/order';
import { mustBe } from '../../text/fields';
import { unfilledIn } from '../../text/unfilled';
import { preview } from '../../text/values';
import { enumOf, labelAt, type Field } from './schema';
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
	return fields.flatMap(({ name, label, schema, media }): Finding[] => {
		const value = input[name];
		if (media || enumOf(schema) || typeof value !== 'string') return [];
		const part = unfilledIn(value);
		if (part === undefined) return [];
		const text = `'${label}' contains '${preview(part)}', which was never filled in. Check the expression, and that the field it reads is there`;
		return [{ text, check: 'prompt' }];
	});
}
