const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/** Milliseconds until something is tried again after it failed `failures` times in a row. */
export function backoffMs(failures: number): number {
	return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
}

/** Seconds or a date in `Retry-After`, as milliseconds from `now`; undefined without the header. */
export function retryAfterMs(headers: Record<string, unknown>, now: number): number | undefined {
	const value = String(headers['retry-after'] ?? '').trim();
	if (!value) return undefined;
	const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
