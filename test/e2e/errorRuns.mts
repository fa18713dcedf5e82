import type { Execution } from '../support/n8n/server.mts';
import type { Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, workflow } from '../support/n8n/workflow.mts';
import type { Credential, Node } from '../support/n8n/workflow.mts';
import type { ErrorCase } from './errorCases.mts';

/** Where a connection is cut, the system's word for it is a matter of timing; OpenSSL's has addresses in it. */
export const settled = (text?: string | null) =>
	String(text)
		.replace(/(read|write) ECONNRESET|socket hang up/, 'read ECONNRESET')
		.replace(/write EPROTO .*/, 'write EPROTO');

/** The error cases, run in a real n8n. */
export class ErrorRuns {
	readonly #session: Session;
	readonly #credentials: Record<string, Credential>;

	private constructor(session: Session, credentials: Record<string, Credential>) {
		this.#session = session;
		this.#credentials = credentials;
	}

	static async prepare(session: Session): Promise<ErrorRuns> {
		const { n8n, simulator, credential } = session;
		const { token: apiToken, url: baseUrl } = simulator;
		const credentials: Record<string, Credential> = { good: credential };
		for (const [name, data] of Object.entries({
			'wrong token': { apiToken: 'not-the-token', baseUrl },
			'no URL': { apiToken, baseUrl: 'model-api.runcomfy.net' },
			'nobody there': { apiToken, baseUrl: 'http://127.0.0.1:9' },
			'no TLS': { apiToken, baseUrl: baseUrl.replace('http:', 'https:') },
		})) {
			credentials[name] = await n8n.addCredential(name, data);
		}
		return new ErrorRuns(session, credentials);
	}

	async run(
		{ operation, credential = 'good', prompt = 'Figure 1 waves', ...scenario }: ErrorCase,
		settings: Partial<Node>,
	): Promise<Execution> {
		const { n8n, simulator } = this.#session;
		simulator.reset();
		const { parameters, plans = [], faults = [] } = scenario;
		simulator.planJobs(...plans);
		simulator.addFaults(...faults);
		const node = runComfy(operation, this.#credentials[credential], { parameters, ...settings });
		const chain = [manualTrigger, node, nothing('Done')];
		return await n8n.run(
			await n8n.addWorkflow(workflow(operation, chain, { items: [{ prompt }] })),
		);
	}

	/** What the case expects, with the id that was bought and the base URL in it. */
	withId<T>(expected: T): T {
		const { jobs, url } = this.#session.simulator;
		const [id] = jobs.keys();
		return JSON.parse(JSON.stringify(expected).replaceAll('{id}', id).replaceAll('{url}', url));
	}

	/** Runs a case that stops the workflow, and checks all that its user reads. */
	async assertStops(faulty: ErrorCase, settings: Partial<Node> = {}): Promise<void> {
		const { status, error } = await this.run(faulty, { ...settings, onError: 'stopWorkflow' });
		const { message, description, submits = 0 } = faulty;
		expect(status).toBe('error');
		expect(error?.message).toBe(this.withId(message));
		expect(settled(error?.description).split('<br>')).toStrictEqual(this.withId(description));
		expect(this.#session.submits()).toBe(submits);
	}
}
