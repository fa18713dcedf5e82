import type { Fault, Job, JobPlan, LoggedRequest } from './types.mts';

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
		addFaults: async (...faults: Fault[]): Promise<void> => call('faults', faults),
		planJobs: async (...plans: JobPlan[]): Promise<void> => call('plans', plans),
		reset: async (): Promise<void> => call('reset', {}),
	};
}
