import { jsonIn } from './json';
import { preview } from './values';

// What stays in a text when something before n8n, or n8n itself, did not fill it in. Whole words in exactly
// this spelling: that is how JavaScript prints a missing value.
const UNFILLED: RegExp[] = [
	/\{\{[^]{0,60}?\}\}|\{\{|\}\}/,
	/\$\{[^}]{0,60}\}/,
	/\$(?:json|input|node|items|binary)\b[\w.[\]"']{0,40}/,
	/\[object \w+\]/,
	/(?<![\w-])(?:undefined|null|NaN)(?![\w-])/,
];

/** What Google Sheets, Excel and Airtable show where a formula has no value, and what a box or an empty sum gives. */
const NO_TEXT =
	/^(#(N\/A|NV|DIV\/0!|GETTING_DATA|ERROR|[A-Z]+[!?])|Loading(\.\.\.|…)|true|false|0)$/i;

/** The first part of a text that was never filled in, such as `{{ $json.prompt }}`; undefined without one. */
export function unfilledIn(text: string): string | undefined {
	// Its brackets and nulls are meant; only its texts can lack something.
	const json = jsonIn(text);
	if (json) return textsIn(json).map(unfilledIn).find(Boolean);
	for (const pattern of UNFILLED) {
		const found = pattern.exec(text);
		if (found) return found[0];
	}
	return undefined;
}

/** Whether a text is nothing but what stands in a sheet where there is no text, such as `#N/A` or FALSE. */
export const isNoText = (text: string): boolean => NO_TEXT.test(text.trim());

/** What shows that a text was never filled in, as the end of a sentence; undefined where nothing does. */
export function unfilledIssue(text: string): string | undefined {
	if (isNoText(text))
		return `is just '${text.trim()}', as a sheet has it where there is no text. Check the cell, and that the right field is read`;
	const part = unfilledIn(text);
	return part === undefined
		? undefined
		: `contains '${preview(part)}', which was never filled in. Check the expression, and that the field it reads is there`;
}

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value ? Object.values(value).flatMap(textsIn) : [];
}
