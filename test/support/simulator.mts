import { startSimulator } from '../../simulator/index.mts';
import type { Simulator, SimulatorOptions } from '../../simulator/index.mts';

export let simulator: Simulator;

/** A simulator for the tests of a file, or of a suite in it; it is emptied before each. */
export function withSimulator(options: SimulatorOptions = {}): void {
	beforeAll(async () => {
		simulator = await startSimulator(options);
	});
	beforeEach(() => simulator.reset());
	afterAll(() => simulator.close());
}
