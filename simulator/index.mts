import { controlAnswer } from './control.mts';
import { createSimulatorServer } from './server.mts';
import type { Fault, JobPlan, Simulator, SimulatorOptions } from './types.mts';

export { connectSimulator } from './client.mts';
export type * from './types.mts';

export const DEFAULT_TOKEN = 'simulator-token';

/** Starts the RunComfy Model API on loopback. By default, jobs are done as soon as they are bought. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const token = options.token ?? DEFAULT_TOKEN;
	const { log, jobs, faults, plans, listen, close } = createSimulatorServer(
		options,
		token,
		(request, pathname) => controlAnswer(simulator, request, pathname),
	);
	const simulator = {
		token,
		log,
		jobs,
		addFaults: (...added: Fault[]) => faults.add(added),
		planJobs: (...added: JobPlan[]) => plans.add(added),
		reset: () => {
			log.length = 0;
			jobs.clear();
			faults.clear();
			plans.clear();
		},
		close,
	};
	return { ...simulator, url: await listen(options.port ?? 0) };
}
