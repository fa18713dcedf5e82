import { jsonIn } from './json';

/** Longest text of RunComfy or the provider that a user gets to see, in characters. */
const MAX_REASON_LENGTH = 500;

const SECRETS: Array<[RegExp, string]> = [
	[/data:[\w.+-]+\/[\w.+-]+(;[\w=.+-]+)*,[^\s"']*/g, '[file]'],
	[/\bBearer\s+[^\s"',]+/gi, 'Bearer [hidden]'],
	// a long run of base64 is part of a file, wherever it stands
	[/[A-Za-z0-9+/]{200,}={0,2}/g, '[file]'],
];

/** `text` without files, bearer tokens and `secret`, in one line of at most 500 characters. */
export function clean(text: string, secret?: string): string {
	let cleaned = text;
	if (secret) cleaned = cleaned.replaceAll(secret, '[hidden]');
	for (const [pattern, label] of SECRETS) cleaned = cleaned.replace(pattern, label);
	cleaned = cleaned.replace(/\s+/g, ' ').trim();
	return cleaned.length > MAX_REASON_LENGTH
		? `${cleaned.slice(0, MAX_REASON_LENGTH - 1)}…`
		: cleaned;
}

/** A value as users may see it: as it is where it is short and clean, else the beginning of its JSON as text. */
export function cleanValue(value: unknown, cleaned: (text: string) => string): unknown {
	const text = JSON.stringify(value) ?? '';
	const shown = cleaned(text);
	return shown === text ? value : shown;
}

/** Where APIs put what they say; the first of these that is set counts. */
const MESSAGE_KEYS = ['msg', 'message', 'error_message', 'reason', 'detail', 'errors', 'error'];

/**
 * What an `error`, `detail` or message field says, as one text: strings as they are, unless they are JSON
 * themselves, validation entries as "field: message", objects by their usual message keys, with their code.
 */
export function messageIn(value: unknown): string {
	if (value === null || value === undefined) return '';
	if (typeof value === 'string') {
		const inner = jsonIn(value);
		return inner ? messageIn(inner) : value;
	}
	if (typeof value !== 'object') return String(value);
	if (Array.isArray(value)) return value.map(messageIn).filter(Boolean).join('; ');
	const entry = value as Record<string, unknown>;
	const key = MESSAGE_KEYS.find((name) => entry[name] !== null && entry[name] !== undefined);
	const text = key ? messageIn(entry[key]) : '';
	if (!text) return Object.keys(entry).length ? JSON.stringify(entry) : '';
	const field = Array.isArray(entry.loc)
		? entry.loc.filter((part) => part !== 'body').join('.')
		: messageIn(entry.field ?? entry.path);
	const code = messageIn(entry.code);
	return (field && `${field}: `) + text + (code && !text.includes(code) ? ` (${code})` : '');
}
