/** Pasted along with a token: white space of any kind (no-break and zero-width too) and quotes. */
const AROUND = /[\s\u200B-\u200D\u2060\uFEFF"'`“”‘’„«»]/g;

/**
 * A token as the credential's header has it, without what comes along when it is pasted, `Bearer ` among
 * it; and the first character that no header can hold.
 */
export function tokenIn(pasted: unknown): { token: string; oddCharacter?: string } {
	const text = String(pasted ?? '').replace(AROUND, '');
	const [oddCharacter] = /[^\x21-\x7e]/u.exec(text) ?? [];
	return { token: text.replace(/^(authorization:)?bearer/i, ''), oddCharacter };
}
