import { isRecord, jsonIn } from '../../text/json';
import { listOf } from './names';

// A comma, semicolon or pipe can be part of a URL: only one that is followed by a space (a comma), by
// another URL or by nothing separates. Quotes are none of a URL (RFC 3986).
const BETWEEN_URLS = /\s*[\r\n]+\s*|,\s+|"?\s*[,;|]\s*"?(?=[a-z][a-z\d+.-]*:\/\/|$)/i;

const URL_TEXT = String.raw`https?:\/\/[^\s<>"]+`;
/** A link as Markdown, Slack and e-mails, Airtable, and JSON write it. */
const WRAPPED = new RegExp(
	String.raw`!?\[[^\]]*\]\((${URL_TEXT}?)(?:\s+"[^"]*")?\)|<(${URL_TEXT}?)(?:\|[^>]*)?>|(?<=\s|^)\((${URL_TEXT}?)\)(?=[,;\s]|$)|"(${URL_TEXT})"`,
	'gi',
);

/**
 * URLs of a field: text that separates them by commas, semicolons, pipes or line breaks, or that has them in
 * brackets or quotes, a list from an expression, or JSON text of one. An object stands for its one link.
 */
export function urlsOf(value: unknown): string[] {
	const given = typeof value === 'string' ? (jsonIn(value) ?? value) : value;
	if (typeof given === 'string') return wrappedIn(given) ?? listOf(given.split(BETWEEN_URLS));
	return listOf([given].flat(Infinity).map(urlIn));
}

/** The links that a text has in brackets or quotes; undefined where others stand beside them. */
function wrappedIn(text: string): string[] | undefined {
	const found = [...text.matchAll(WRAPPED)].map((match) => match.slice(1).find(Boolean)!);
	return found.length && !text.replace(WRAPPED, '').includes('://') ? found : undefined;
}

/** The `url` of an object, as Airtable's attachments have, or else its one link; nothing where there are several. */
function urlIn(entry: unknown): unknown {
	if (!isRecord(entry)) return entry;
	if (typeof entry.url === 'string') return entry.url;
	let level: unknown[] = [entry];
	// The link next to the top: deeper ones are of thumbnails.
	while (level.length) {
		const values = level.flatMap((value) => Object.values(value as object));
		const links = new Set(values.filter((value) => /^https?:\/\//i.test(String(value))));
		if (links.size) return links.size === 1 ? [...links][0] : entry;
		level = values.filter((value) => typeof value === 'object' && value !== null);
	}
	return entry;
}
