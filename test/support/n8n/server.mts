import { createRequire } from 'node:module';
import { prepareHome } from '../../../scripts/runtime/home.mjs';
import { createInstance } from '../../../scripts/runtime/instance.mjs';
import { isBefore } from '../../../scripts/runtime/n8n.mjs';
import { packOnce } from '../../../scripts/runtime/package.mjs';
import { createOwner } from '../../../scripts/runtime/server.mjs';
import { LEAN, N8nProcess } from './process.mts';
import type { Env } from './process.mts';
import { borrowN8n } from './borrow.mts';
import { until } from '../until.mts';
import type { Credential, Workflow } from './workflow.mts';

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

/** One pass of a node, as n8n saved it. */
export interface NodeRun {
	/** Unix time in milliseconds. */
	startTime: number;
	/** In milliseconds. */
	executionTime: number;
	data?: { main: Array<Item[] | null> };
}

/** What n8n saved of an execution. */
export interface Execution {
	id: string;
	status: string;
	workflowId: string;
	/** As n8n writes dates, in UTC. */
	startedAt: string;
	/** The execution that n8n's Retry repeated in this one. */
	retryOf?: string | null;
	/** All passes of each node. */
	runs: Record<string, NodeRun[]>;
	/** The items of each node's first run, by output. */
	outputs: Record<string, Item[][]>;
	error?: NodeError;
	/** What nodes have noted of the execution itself. */
	customData: Record<string, string>;
	/** Everything that was saved, as text. */
	text: string;
}

export interface ServerOptions {
	/** Folders and files that workflows may read and write. */
	files?: string[];
	/** More of n8n's own settings. */
	env?: Env;
	/** Whether the editor is needed, which n8n takes seconds to prepare. */
	editor?: boolean;
	/** Whether workflows run code, for which n8n starts one more process. */
	code?: boolean;
	/** Installs the packed node in n8n's home in another way than n8n does. */
	install?: (tarball: string, home: string) => Promise<void>;
}

/** An execution as n8n's database keeps it. */
interface Saved {
	status: string;
	workflowId: string;
	startedAt: string;
	retryOf?: string | null;
	data: string;
	customData?: Record<string, string>;
}

/** Until 2.15, n8n gives nodes no custom data to note anything in. */
export const HAS_CUSTOM_DATA = !isBefore('2.16');

const UNFINISHED = ['new', 'running', 'waiting'];

/** A real n8n with an owner, driven as the editor does it. */
export class Server extends N8nProcess {
	/** How its owner logs in. */
	owner!: { email: string; password: string };
	#cookie = '';
	readonly #workflows: string[] = [];
	readonly #credentials: string[] = [];

	static async start<T extends Server>(
		this: new (...args: ConstructorParameters<typeof Server>) => T,
		{ files = [], env = {}, editor = false, code = editor, install }: ServerOptions = {},
	): Promise<T> {
		const tarball = await packOnce();
		const instance = await createInstance({ tarball: install ? undefined : tarball, files });
		await install?.(tarball, instance.home);
		const server = new this(instance, 'start');
		const owner = env.DB_TYPE ? undefined : await prepareHome(instance);
		await server.restart({ N8N_DISABLE_UI: String(!editor), ...(!code && LEAN), ...env });
		await server.#logIn(owner ?? (await createOwner(instance)));
		return server;
	}

	/** A running n8n with an editor that other tests have used before, and will use after: not to be restarted. */
	static async borrow(): Promise<Server> {
		const { instance, owner } = await borrowN8n();
		const server = new Server(instance, 'start');
		await server.#logIn(owner);
		return server;
	}

	/** Takes away what it was given, for whoever uses it next. */
	async tidy(): Promise<void> {
		for (const id of this.#workflows) await this.unpublish(id).catch(() => undefined);
		for (const id of this.#credentials) await this.rest('DELETE', `/rest/credentials/${id}`);
	}

	async #logIn(owner: Server['owner']): Promise<void> {
		this.owner = owner;
		const { email, password } = owner;
		const login = { emailOrLdapLoginId: email, password };
		const response = await this.#send('POST', '/rest/login', login);
		this.#cookie = response.headers.getSetCookie()[0].split(';')[0];
	}

	async addCredential(name: string, data: object, type = 'runComfyApi'): Promise<Credential> {
		const body = { name, type, data };
		const { id } = await this.rest<{ id: string }>('POST', '/rest/credentials', body);
		this.#credentials.push(id);
		return { id, name };
	}

	async addWorkflow(workflow: Workflow): Promise<string> {
		// n8n 1 wants it said that a new workflow is not active.
		const body = { active: false, ...workflow };
		const { id } = await this.rest<{ id: string }>('POST', '/rest/workflows', body);
		this.#workflows.push(id);
		return id;
	}

	async publish(workflowId: string): Promise<void> {
		const workflow = `/rest/workflows/${workflowId}`;
		const { versionId } = await this.rest<{ versionId: string }>('GET', workflow);
		// Older n8n have no versions to publish (seen in 1.100.1).
		if (isBefore('1.123')) await this.rest('PATCH', workflow, { active: true, versionId });
		else await this.rest('POST', `${workflow}/activate`, { versionId });
	}

	async unpublish(workflowId: string): Promise<void> {
		const workflow = `/rest/workflows/${workflowId}`;
		if (isBefore('1.123')) await this.rest('PATCH', workflow, { active: false });
		else await this.rest('POST', `${workflow}/deactivate`);
	}

	/** Publishes a workflow and calls its webhook, as the outside world does. */
	async publishAndCall(workflowId: string, path: string, body?: object): Promise<void> {
		await this.publish(workflowId);
		await this.call(path, body);
	}

	/** Calls a published webhook, and returns what it answers. */
	async call(path: string, body?: object): Promise<Response> {
		// n8n publishes in the background: until then there is no such webhook. On a busy machine its
		// database can be late, and n8n sends every request away before it looks at it.
		return await until(`the webhook ${path} is there`, async () => {
			const response = await this.#send('POST', `/webhook/${path}`, body);
			if ([404, 503].includes(response.status)) return undefined;
			if (!response.ok) throw new Error(`${path}: HTTP ${response.status}.`);
			return response;
		});
	}

	/** Runs a workflow from its trigger, as the editor's button does, to its end. */
	async run(workflowId: string, trigger?: string): Promise<Execution> {
		return await this.finished(await this.startRun(workflowId, trigger));
	}

	/** Runs a workflow from its trigger, and returns the id of the execution at once. */
	async startRun(workflowId: string, trigger = 'Start'): Promise<string> {
		const path = `/rest/workflows/${workflowId}/run`;
		// Older n8n run what they are given, newer ones what was saved (seen in 2.0.3 and 2.15.1).
		const workflowData = isBefore('2.15')
			? await this.rest('GET', `/rest/workflows/${workflowId}`)
			: undefined;
		const body = { workflowId, workflowData, triggerToStartFrom: { name: trigger } };
		const { executionId } = await this.rest<{ executionId: string }>('POST', path, body);
		return executionId;
	}

	/** Stops an execution, as the editor's button does. */
	async stop(executionId: string): Promise<void> {
		await this.rest('POST', `/rest/executions/${executionId}/stop`);
	}

	async finished(executionId: string): Promise<Execution> {
		return await until(`execution ${executionId} ends`, async () => {
			const execution = await this.execution(executionId);
			// n8n 1 notes the end before it saves what there was.
			const isSaved = Object.keys(execution.outputs).length > 0;
			return isSaved && !UNFINISHED.includes(execution.status) ? execution : undefined;
		});
	}

	/** The requests that an execution names; n8n saves them a moment after it has noted the end. */
	async requestsNamed(id: string): Promise<string> {
		return await until(`execution ${id} names requests`, async () => {
			const { customData } = await this.execution(id);
			return customData.runcomfy_requests;
		});
	}

	async execution(id: string): Promise<Execution> {
		const saved = await this.rest<Saved>('GET', `/rest/executions/${id}`);
		return this.parsed(id, saved);
	}

	/** An execution, from the text that n8n keeps of it in its database. */
	protected parsed(id: string, { data, customData = {}, ...saved }: Saved): Execution {
		const { parse } = createRequire(this.instance.entry)('flatted');
		const { resultData = {} } = parse(data) ?? {};
		const { runData: runs = {}, error } = resultData as {
			runData?: Execution['runs'];
			error?: NodeError;
		};
		const outputs = Object.entries(runs).map(([name, [first]]) => [
			name,
			(first?.data?.main ?? []).map((items) => items ?? []),
		]);
		return {
			...saved,
			id,
			runs,
			outputs: Object.fromEntries(outputs),
			error,
			customData,
			text: data,
		};
	}

	/** The bytes of a saved file, as the editor downloads them. */
	async download(id: string): Promise<Uint8Array> {
		const query = new URLSearchParams({ id, action: 'download' });
		const response = await this.#send('GET', `/rest/binary-data?${query}`);
		if (!response.ok) throw new Error(`${id}: HTTP ${response.status}.`);
		return await response.bytes();
	}

	/** The ids of a workflow's executions, the latest first. */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const path = `/rest/executions?limit=100&filter=${filter}`;
		const { results } = await this.rest<{ results: Array<{ id: string }> }>('GET', path);
		return results.map(({ id }) => id);
	}

	/** The types of nodes, or of credentials, that the editor is offered from this package. */
	async typesOffered(kind: 'nodes' | 'credentials'): Promise<string[]> {
		// 1.100.1 writes them a moment after it answers: until then, there is a page in their place, or half of them.
		const types = await until(`${kind} are offered`, async () => {
			const response = await this.#send('GET', `/types/${kind}.json`);
			return (await response.json().catch(() => undefined)) as Array<{ name: string }> | undefined;
		});
		return types.map(({ name }) => name).filter((name) => /runcomfy/i.test(name));
	}

	async rest<T>(method: string, path: string, body?: object): Promise<T> {
		const response = await this.#send(method, path, body);
		const text = await response.text();
		if (!response.ok)
			throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
		return JSON.parse(text).data;
	}

	async #send(method: string, path: string, body?: object): Promise<Response> {
		// n8n ends a connection that stands idle, just as the next request may go.
		const headers = {
			'content-type': 'application/json',
			cookie: this.#cookie,
			connection: 'close',
		};
		return await fetch(this.instance.url + path, {
			method,
			headers,
			body: body && JSON.stringify(body),
		});
	}
}
