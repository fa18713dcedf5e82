// The API as these questions need it: one request, one answer, nothing repeated and nothing hidden but the token.

/** What came back: `body` is the JSON, or the text's beginning if it is none. */
export interface Answer {
	status: number;
	body: unknown;
	headers: Headers;
}

export interface Api {
	readonly baseUrl: string;
	/** `body` makes it a POST. Throws what fetch throws when there is no answer. */
	call(
		path: string,
		how?: { body?: unknown; token?: string | null; method?: string },
	): Promise<Answer>;
	/** Of all answers: headers that speak of limits, and whether there was a 429. */
	readonly limits: Set<string>;
}

const TIMEOUT_MS = 60_000;
const SHOWN_CHARACTERS = 300;

export function connect(baseUrl: string, token: string): Api {
	const base = baseUrl.replace(/\/+$/, '');
	const limits = new Set<string>();
	const call: Api['call'] = async (path, { body, method, token: other = token } = {}) => {
		const response = await fetch(/^https?:/.test(path) ? path : base + path, {
			method: method ?? (body === undefined ? 'GET' : 'POST'),
			headers: {
				...(other !== null && { Authorization: `Bearer ${other}` }),
				...(body !== undefined && { 'Content-Type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		const text = (await response.text()).replaceAll(token, '***');
		for (const [name, value] of response.headers) {
			if (/retry-after|rate-?limit/i.test(name)) limits.add(`${name}: ${value}`);
		}
		if (response.status === 429) limits.add('429');
		return { status: response.status, headers: response.headers, body: parsed(text) };
	};
	return { baseUrl: base, call, limits };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text.slice(0, SHOWN_CHARACTERS);
	}
}

/** An answer in one line: HTTP status, RunComfy's code and words, or else the keys of the body. */
export function inShort({ status, body }: Answer): string {
	if (typeof body !== 'object' || body === null) return `HTTP ${status}, no JSON`;
	const said = body as Record<string, unknown>;
	const words = said.error_message ?? said.message ?? said.error ?? said.detail;
	const parts = [
		`HTTP ${status}`,
		said.error_code !== undefined && `error_code ${String(said.error_code)}`,
		words !== undefined && JSON.stringify(words).slice(0, SHOWN_CHARACTERS),
	].filter(Boolean);
	return parts.length > 1 ? parts.join(', ') : `HTTP ${status}, ${Object.keys(said).join(', ')}`;
}

/** Whether it refuses in RunComfy's own words, in whichever of the known shapes. */
export function isRefusal({ status, body }: Answer): boolean {
	if (typeof body !== 'object' || body === null) return false;
	if ('error_code' in body) return true;
	return status >= 400 && status < 500 && ['detail', 'message', 'error'].some((key) => key in body);
}

/** A key of a JSON object; undefined of anything else. */
export const at = (value: unknown, key: string): unknown =>
	typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
