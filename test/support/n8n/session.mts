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

/** A session with an n8n of its own, which a test may kill and restart. */
export const startSession = async (options: SimulatorOptions = {}, serverOptions?: ServerOptions) =>
	await sessionWith(() => Server.start(serverOptions), options);

/** A session with an n8n that other test files use before and after it: it has an editor, and runs on. */
export const borrowSession = async (options: SimulatorOptions = {}) =>
	await sessionWith(() => Server.borrow(), options);

async function sessionWith(
	getN8n: () => Promise<Server>,
	options: SimulatorOptions,
): Promise<Session> {
	const simulator = await startSimulator({ queueMs: 50, runMs: 100, ...options });
	let n8n: Server | undefined;
	const end = async () => {
		await n8n?.tidy();
		await simulator.close();
		await cleanUp();
	};
	try {
		n8n = await getN8n();
		const { token: apiToken, url: baseUrl } = simulator;
		const credential = await n8n.addCredential('RunComfy', { apiToken, baseUrl });
		const submits = () => simulator.log.filter(({ kind }) => kind === 'submit').length;
		return { n8n, simulator, credential, submits, end };
	} catch (error) {
		await end();
		throw error;
	}
}
