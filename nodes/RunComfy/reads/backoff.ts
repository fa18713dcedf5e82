const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/** Milliseconds until something is tried again after it failed `failures` times in a row. */
export function backoffMs(failures: number): number {
	return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
}
