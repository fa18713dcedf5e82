import { controlAnswer } from './control.mts';
import { createSimulatorServer } from './server.mts';
import type { Order, Simulator, SimulatorOptions } from './types.mts';

export { connectSimulator } from './client.mts';
export type * from './types.mts';

export const DEFAULT_TOKEN = 'simulator-token';

/** Starts the RunComfy Model API on loopback. By default, jobs are done as soon as they are bought. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const token = options.token ?? DEFAULT_TOKEN;
	const { log, jobs, orders, listen, close } = createSimulatorServer(
		options,
		token,
		(request, pathname) => controlAnswer(simulator, request, pathname),
	);
	const simulator = {
		token,
		log,
		jobs,
		order: (...added: Order[]) => orders.add(added),
		reset: () => {
			log.length = 0;
			jobs.clear();
			orders.clear();
		},
		close,
	};
	return { ...simulator, url: await listen(options.port ?? 0) };
}
