import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInstance, temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { packPackage } from '../../scripts/runtime/package.mjs';
import { createOwner, startN8n } from '../../scripts/runtime/server.mjs';
import type { Workflow } from './workflow.mts';

export interface Item {
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever a node put out
	json: any;
	binary?: Record<string, { id?: string; fileName?: string; mimeType?: string }>;
	pairedItem?: unknown;
}

export interface NodeError {
	message: string;
	description?: string | null;
	node?: { name: string };
	context?: { itemIndex?: number };
}

/** What n8n saved of an execution. */
export interface Execution {
	id: string;
	status: string;
	/** The items of each node's first run, by output. */
	outputs: Record<string, Item[][]>;
	error?: NodeError;
	/** Everything that was saved, as text. */
	text: string;
}

interface RunData {
	[node: string]: Array<{ data?: { main: Array<Item[] | null> } }>;
}

const RUNNING = ['new', 'running'];

/** A real n8n with an owner, driven as the editor does it. */
export class Server {
	#instance: Awaited<ReturnType<typeof createInstance>>;
	#child?: ChildProcess;
	#cookie = '';

	private constructor(instance: Awaited<ReturnType<typeof createInstance>>) {
		this.#instance = instance;
	}

	static async start({ files = [] as string[] } = {}): Promise<Server> {
		const folder = await temporaryFolder('n8n-nodes-runcomfy-e2e');
		const instance = await createInstance({
			tarball: await packPackage(folder),
			files: [folder, ...files],
		});
		const server = new Server(instance);
		await server.restart();
		const { email, password } = await createOwner(instance);
		const login = { emailOrLdapLoginId: email, password };
		const response = await server.#send('POST', '/rest/login', login);
		server.#cookie = response.headers.getSetCookie()[0].split(';')[0];
		return server;
	}

	/** Starts n8n on the home it had. */
	async restart(): Promise<void> {
		this.#child = await startN8n(this.#instance);
	}

	/** What a power cut does to it. */
	async kill(): Promise<void> {
		const child = this.#child!;
		const gone = once(child, 'close');
		process.kill(-child.pid!, 'SIGKILL');
		await gone;
	}

	get url(): string {
		return this.#instance.url;
	}

	get pid(): number {
		return this.#child!.pid!;
	}

	/** What n8n has written to its log so far. */
	async log(): Promise<string> {
		return await readFile(join(this.#instance.home, 'n8n.log'), 'utf8');
	}

	async addCredential(name: string, data: { apiToken: string; baseUrl: string }) {
		const credential = { name, type: 'runComfyApi', data };
		const { id } = await this.rest<{ id: string }>('POST', '/rest/credentials', credential);
		return { id, name };
	}

	async addWorkflow(workflow: Workflow): Promise<string> {
		const { id } = await this.rest<{ id: string }>('POST', '/rest/workflows', workflow);
		return id;
	}

	async publish(workflowId: string): Promise<void> {
		const workflow = `/rest/workflows/${workflowId}`;
		const { versionId } = await this.rest<{ versionId: string }>('GET', workflow);
		await this.rest('POST', `${workflow}/activate`, { versionId });
	}

	/** Publishes a workflow and calls its webhook, as the outside world does. */
	async publishAndCall(workflowId: string, path: string): Promise<void> {
		await this.publish(workflowId);
		// n8n publishes in the background: until then there is no such webhook.
		for (let tries = 0; tries < 100; tries++) {
			const response = await this.#send('POST', `/webhook/${path}`);
			if (response.ok) return;
			await sleep(100);
		}
		throw new Error(`The webhook ${path} did not answer.`);
	}

	/** Runs a workflow from its trigger, as the editor's button does, to its end. */
	async run(workflowId: string): Promise<Execution> {
		const path = `/rest/workflows/${workflowId}/run`;
		const body = { workflowId, triggerToStartFrom: { name: 'Start' } };
		const { executionId } = await this.rest<{ executionId: string }>('POST', path, body);
		return await this.finished(executionId);
	}

	async finished(executionId: string): Promise<Execution> {
		for (let tries = 0; tries < 300; tries++) {
			const execution = await this.execution(executionId);
			if (!RUNNING.includes(execution.status)) return execution;
			await sleep(100);
		}
		throw new Error(`Execution ${executionId} did not end.`);
	}

	async execution(id: string): Promise<Execution> {
		const saved = await this.rest<{ status: string; data: string }>(
			'GET',
			`/rest/executions/${id}`,
		);
		const { parse } = createRequire(this.#instance.entry)('flatted');
		const { resultData = {} } = parse(saved.data) ?? {};
		const { runData = {}, error } = resultData as { runData?: RunData; error?: NodeError };
		const outputs = Object.entries(runData).map(([name, runs]) => [
			name,
			(runs[0]?.data?.main ?? []).map((items) => items ?? []),
		]);
		return {
			id,
			status: saved.status,
			outputs: Object.fromEntries(outputs),
			error,
			text: saved.data,
		};
	}

	/** The ids of a workflow's executions, the latest first. */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const path = `/rest/executions?filter=${filter}`;
		const { results } = await this.rest<{ results: Array<{ id: string }> }>('GET', path);
		return results.map(({ id }) => id);
	}

	async rest<T>(method: string, path: string, body?: object): Promise<T> {
		const response = await this.#send(method, path, body);
		const text = await response.text();
		if (!response.ok)
			throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
		return JSON.parse(text).data;
	}

	async #send(method: string, path: string, body?: object): Promise<Response> {
		return await fetch(this.#instance.url + path, {
			method,
			headers: { 'content-type': 'application/json', cookie: this.#cookie },
			body: body && JSON.stringify(body),
		});
	}
}
