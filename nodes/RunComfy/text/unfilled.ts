// What stays in a text when something before n8n, or n8n itself, did not fill it in. Whole words in exactly
// this spelling: that is how JavaScript prints a missing value.
const UNFILLED: RegExp[] = [
	/\{\{[^]{0,60}?\}\}|\{\{|\}\}/,
	/\$\{[^}]{0,60}\}/,
	/\$(?:json|input|node|items|binary)\b[\w.[\]"']{0,40}/,
	/\[object \w+\]/,
	/(?<![\w-])(?:undefined|null|NaN)(?![\w-])/,
];

/** The first part of a text that was never filled in, such as `{{ $json.prompt }}`; undefined without one. */
export function unfilledIn(text: string): string | undefined {
	for (const pattern of UNFILLED) {
		const found = pattern.exec(text);
		if (found) return found[0];
	}
	return undefined;
}
