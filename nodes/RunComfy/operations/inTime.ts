import { pause } from '../n8n/pause';
import type { Entered } from '../run/item';
import { msUntilAnswer } from '../wait/waitLimit';

/**
 * What an order becomes, or 'late' when whoever calls the node as a tool waits no longer. The order goes on
 * then, and the same call finds it when it comes again.
 */
export async function inTime<T>(entered: Entered, buying: Promise<T>): Promise<T | 'late'> {
	const ms = msUntilAnswer(entered);
	if (ms === undefined) return await buying;
	const end = new AbortController();
	const late = pause(ms, end.signal).then(() => 'late' as const);
	return await Promise.race([buying, late]).finally(() => end.abort());
}
