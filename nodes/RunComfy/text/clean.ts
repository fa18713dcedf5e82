/** Longest text of RunComfy or the provider that a user gets to see, in characters. */
const MAX_REASON_LENGTH = 500;

const SECRETS: Array<[RegExp, string]> = [
	[/data:[\w.+-]+\/[\w.+-]+(;[\w=.+-]+)*,[^\s"']*/g, '[file]'],
	[/\bBearer\s+[^\s"',]+/gi, 'Bearer [hidden]'],
	// a long run of base64 is part of a file, whatever it stands in
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

/**
 * What an `error`, `detail` or message field says, as one text: strings as they are, validation
 * entries as "field: message", objects by their usual message keys.
 */
export function messageIn(value: unknown): string {
	if (value === null || value === undefined) return '';
	if (typeof value !== 'object') return String(value);
	if (Array.isArray(value)) return value.map(messageIn).filter(Boolean).join('; ');
	const entry = value as Record<string, unknown>;
	const text = messageIn(
		entry.msg ?? entry.message ?? entry.error_message ?? entry.reason ?? entry.detail,
	);
	if (!text) return JSON.stringify(value);
	const field = Array.isArray(entry.loc)
		? entry.loc.filter((part) => part !== 'body').join('.')
		: messageIn(entry.field ?? entry.path);
	return field ? `${field}: ${text}` : text;
}
