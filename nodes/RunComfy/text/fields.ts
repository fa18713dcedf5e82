import { isRecord, jsonIn } from './json';
import { exactBoolean, exactNumber, isUnset, preview } from './values';

/** What a field must be, as a message says it, and how a value is read; undefined when it is something else. */
export interface Rule<T> {
	must: string;
	read: (value: unknown) => T | undefined;
}

/** The refusal of a value. */
export const mustBe = (label: string, must: string, value: unknown): string =>
	`${label} must be ${must} (got '${preview(value)}')`;

/**
 * Reads the `values` of a form by name and rule; unset ones are undefined, and so are refused ones, whose refusals
 * go to `refuse`. The labels are the form's own.
 */
export function fieldReader<N extends string>(
	labels: Record<N, string>,
	values: Partial<Record<N, unknown>>,
	refuse: (text: string) => void,
): <T>(name: N, rule: Rule<T>) => T | undefined {
	return (name, rule) => {
		const value = values[name];
		if (isUnset(value)) return undefined;
		const read = rule.read(value);
		if (read === undefined) refuse(mustBe(`'${labels[name]}'`, rule.must, value));
		return read;
	};
}

const numberThat = (must: string, fits: (value: number) => boolean): Rule<number> => ({
	must,
	read: (value) => [exactNumber(value)].find((exact) => exact !== undefined && fits(exact)),
});

export const yesOrNo: Rule<boolean> = { must: 'true or false', read: exactBoolean };

export const usd = numberThat('a number above 0', (value) => value > 0);

/** A time of at most `most` seconds. */
export const seconds = (most: number): Rule<number> =>
	numberThat(`a number of seconds above 0, up to ${most}`, (value) => value > 0 && value <= most);

export const count = numberThat(
	'a whole number above 0',
	(value) => Number.isInteger(value) && value > 0,
);

/** A whole number, both ends included. */
export const wholeNumber = (least: number, most: number): Rule<number> =>
	numberThat(
		`a whole number from ${least} to ${most}`,
		(value) => Number.isInteger(value) && value >= least && value <= most,
	);

/** One of some words; `lowerCase` ones may be written in any case. */
export const oneOf = <T extends string>(
	allowed: readonly T[],
	{ lowerCase = false } = {},
): Rule<T> => ({
	must: `one of ${allowed.join(', ')}`,
	read: (value) => {
		const text = String(value).trim();
		return allowed.find((word) => word === (lowerCase ? text.toLowerCase() : text));
	},
});

/** Text of at most `most` characters, without white space around it. */
export const text = (most: number): Rule<string> => ({
	must: `text of at most ${most} characters`,
	read: (value) =>
		[String(value).trim()].find((key) => typeof value !== 'object' && key.length <= most),
});

/** A JSON object, or the text of one; `example` shows what is meant. */
export const jsonObject = (example: string): Rule<Record<string, unknown>> => ({
	must: `a JSON object such as ${example}`,
	// An expression may yield what JSON does not know, such as fields that are undefined.
	read: (value) =>
		[jsonIn(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))].find(isRecord),
});
