/** A number, or text that is exactly one as sheets give it; undefined for everything else. */
export function exactNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || !/^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) return undefined;
	return Number(value);
}

/** A boolean, or the text "true" or "false" in any case; undefined for everything else. */
export function exactBoolean(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
	return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** Whether an optional parameter has no value: cells of a sheet come as empty text. */
export function isUnset(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}

/**
 * The entries of a list field: as the form gives them (under `key`), as a plain list or a single entry
 * from an expression. Empty when there are none, undefined when the value is something else.
 */
export function listIn(value: unknown, key: string): unknown[] | undefined {
	if (isUnset(value)) return [];
	if (Array.isArray(value)) return value;
	if (typeof value !== 'object') return undefined;
	const entries = (value as Record<string, unknown>)[key];
	if (entries === undefined) return Object.keys(value as object).length ? undefined : [];
	return Array.isArray(entries)
		? entries
		: typeof entries === 'object' && entries
			? [entries]
			: undefined;
}

/** A value as a message shows it: short, in one line. */
export function preview(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
	const line = text.replace(/\s+/g, ' ');
	return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** How many values a message lists. */
const MAX_LISTED = 20;

/** Values as a message lists them, each short; of many, how many more there are. */
export function listed(values: unknown[]): string {
	const shown = values.slice(0, MAX_LISTED).map(preview);
	const more = values.length - shown.length;
	return [...shown, ...(more ? [`and ${more} more`] : [])].join(', ');
}

/** Text with a capital letter at its beginning. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const MIB = 1024 * 1024;

/** Bytes as users read them, in MiB with one digit, rounded up. */
export function mebibytes(bytes: number): string {
	return `${Math.ceil((bytes / MIB) * 10) / 10} MiB`;
}

/** Bytes in MB of a million with one digit, rounded up. */
export function megabytes(bytes: number): string {
	return `${Math.ceil(bytes / 100_000) / 10} MB`;
}

const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Text without lone surrogates, as a cut through an emoji leaves them: they cannot be encoded as UTF-8. */
export function wellFormed(text: string): string {
	return text.replace(LONE_SURROGATES, '');
}
