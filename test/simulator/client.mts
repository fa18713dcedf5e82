import type { Job, LoggedRequest, Order } from './types.mts';

/** A simulator in another process, by its control endpoints. */
export function connectSimulator(url: string) {
	const call = async (path: string, body?: unknown) => {
		const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
		const response = await fetch(`${url}/_simulator/${path}`, init);
		const json = await response.json();
		if (!response.ok) throw new Error(json.detail ?? json.message);
		return json;
	};
	return {
		log: (): Promise<LoggedRequest[]> => call('log'),
		jobs: (): Promise<Job[]> => call('jobs'),
		order: async (...orders: Order[]): Promise<void> => call('orders', orders),
		reset: async (): Promise<void> => call('reset', {}),
	};
}
