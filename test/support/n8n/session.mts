import { cleanUp } from '../../../scripts/runtime/cleanup.mjs';
import { startSimulator } from '../../../simulator/index.mts';
import type { Simulator, SimulatorOptions } from '../../../simulator/index.mts';
import { Server } from './server.mts';
import type { ServerOptions } from './server.mts';
import type { Credential } from './workflow.mts';

/** A real n8n, a simulator, and a credential that brings the two together. */
export interface Session {
	n8n: Server;
	simulator: Simulator;
	credential: Credential;
	/** How many submits have reached the simulator. */
	submits(): number;
	end(): Promise<void>;
}

export async function startSession(
	options: SimulatorOptions = {},
	serverOptions: ServerOptions = {},
): Promise<Session> {
	const simulator = await startSimulator({ queueMs: 50, runMs: 100, ...options });
	const end = async () => {
		await simulator.close();
		await cleanUp();
	};
	try {
		const n8n = await Server.start(serverOptions);
		const { token: apiToken, url: baseUrl } = simulator;
		const credential = await n8n.addCredential('RunComfy', { apiToken, baseUrl });
		const submits = () => simulator.log.filter(({ kind }) => kind === 'submit').length;
		return { n8n, simulator, credential, submits, end };
	} catch (error) {
		await end();
		throw error;
	}
}
