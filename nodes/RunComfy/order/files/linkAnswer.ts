import { factsOf } from './facts';
import { FILE_TYPES, type FileType } from './fileType';
import { HEAD_BYTES } from './head';
import type { Look } from './reference';

/** What a link answered when its first bytes were asked for. */
export interface LinkAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Up to `HEAD_BYTES` of the body. */
	head: Buffer;
}

/** What a look at a link told: the file behind it, why that cannot be sent, or why nothing is known. */
export type Looked = { look: Look } | { refused: string } | { unreached: string };

const USE_FILE = 'use the file itself as input instead';

/** Judges an answer; `now` is the time in ms. */
export function judgeAnswer(url: string, answer: LinkAnswer, now: number): Looked {
	const { statusCode, headers, head } = answer;
	const bytes = bytesOf(answer);
	if (bytes === 0) return { refused: 'leads to an empty file (0 bytes). Check what made it' };
	if (isTransient(statusCode)) return { unreached: `HTTP status ${statusCode}` };
	if (statusCode >= 400) return { refused: refusalOf(url, statusCode, now) };

	const facts = factsOf(head, bytes);
	const mimeType = mimeTypeOf(headers);
	const type = facts.type ?? typeBy(mimeType);
	if (type === FILE_TYPES.html) {
		const refused = `leads to a web page, not to a file. Give the link of the file itself, or ${USE_FILE}`;
		return { refused };
	}
	if (!type && /^text\/|[/+](json|xml)$/.test(mimeType)) {
		return { refused: `leads to text (${mimeType}), not to a picture or clip. Check the link` };
	}
	return { look: { ...facts, type, bytes } };
}

/** Whether a status speaks of this moment or of this way of asking, and not of the link. */
function isTransient(status: number): boolean {
	return status >= 500 || [408, 416, 425, 429].includes(status) || (status >= 300 && status < 400);
}

function refusalOf(url: string, status: number, now: number): string {
	const end = expiryOf(url);
	if (end !== undefined && end <= now) {
		const time = new Date(end).toISOString().slice(0, 16).replace('T', ' ');
		return `ran out at ${time} UTC (HTTP status ${status}). Get a new link right before this node, or ${USE_FILE}`;
	}
	const what = {
		401: 'needs a login, which RunComfy does not have',
		403: 'is not open to everyone: it has run out, needs a login, or its host lets no programs in',
		404: 'leads to nothing: the file is not there, or only for those who are logged in',
		410: 'leads to a file that is gone for good',
	}[status];
	return `${what ?? 'is refused by its host'} (HTTP status ${status}). Try it in a private browser window, or ${USE_FILE}`;
}

/** The size of the whole file, as far as it is told. */
function bytesOf({ statusCode, headers, head }: LinkAnswer): number | undefined {
	const [, total] = /\/(\d+)$/.exec(String(headers['content-range'] ?? '')) ?? [];
	if (total && (statusCode === 206 || statusCode === 416)) return Number(total);
	if (statusCode >= 300) return undefined;
	// It counts compressed bytes where there is a content encoding, and those of a part in a 206.
	const length = headers['content-encoding'] ? '' : String(headers['content-length'] ?? '');
	if (statusCode === 200 && /^\d+$/.test(length)) return Number(length);
	return head.length < HEAD_BYTES ? head.length : undefined;
}

/** The type that the headers name; empty without one. */
export function mimeTypeOf(headers: LinkAnswer['headers']): string {
	const [, mimeType] =
		/^\s*([\w.+-]{1,40}\/[\w.+-]{1,40})/.exec(String(headers['content-type'])) ?? [];
	return mimeType?.toLowerCase() ?? '';
}

/** The type that a header names, for bytes that do not tell. */
function typeBy(mimeType: string): FileType | undefined {
	if (mimeType === 'application/xhtml+xml') return FILE_TYPES.html;
	return Object.values(FILE_TYPES).find(({ mime }) => mime === mimeType);
}

/** When a signed link ends, in ms, where it says so. */
function expiryOf(url: string): number | undefined {
	const query = new Map(
		[...new URL(url).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
	);
	// AWS and Google (version 4) name a start and seconds.
	for (const by of ['x-amz', 'x-goog']) {
		const start = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get(`${by}-date`) ?? '');
		const [year, month, day, hour, minute, second] = start?.slice(1).map(Number) ?? [];
		const ms = Date.UTC(year, month - 1, day, hour, minute, second);
		if (start) return ms + 1000 * Number(query.get(`${by}-expires`));
	}
	// Azure names a date, AWS (version 2) and CloudFront Unix time, Discord the same in hexadecimal.
	const seconds = query.get('expires') ?? '';
	if (/^\d{9,11}$/.test(seconds)) return 1000 * Number(seconds);
	const hex = query.get('ex') ?? '';
	if (query.has('hm') && /^[\da-f]{8}$/i.test(hex)) return 1000 * Number.parseInt(hex, 16);
	return query.has('sig') ? Date.parse(query.get('se') ?? '') : undefined;
}
