import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInstance } from '../scripts/runtime/instance.mjs';
import { stop } from '../scripts/runtime/process.mjs';
import { createOwner, startN8n } from '../scripts/runtime/server.mjs';
import type { Workflow } from '../test/support/n8n/workflow.mts';
import { INSPECTABLE, Inspector } from './inspector.mts';

/** One pass of a node, as n8n saved it. */
export interface NodeRun {
	/** Unix time in milliseconds. */
	startTime: number;
	/** In milliseconds. */
	executionTime: number;
	data?: { main: Array<Array<{ json: Record<string, unknown> }> | null> };
}

export interface Execution {
	id: string;
	nodes: Record<string, NodeRun[]>;
	/** Characters of the execution record in the database. */
	recordLength: number;
}

const POLL_MS = 100;
/** What n8n may still do after it has noted the end of an execution. */
const SETTLE_MS = 300;

/** A real n8n process with a home, an owner and a database of its own. */
export class BenchN8n {
	readonly #instance: Awaited<ReturnType<typeof createInstance>>;
	#child?: ChildProcess;
	#cookie = '';

	private constructor(instance: Awaited<ReturnType<typeof createInstance>>) {
		this.#instance = instance;
		Object.assign(instance.env, { N8N_BINARY_DATA_STORAGE_PATH: this.#files, ...INSPECTABLE });
	}

	static async start(tarball: string, readable: string): Promise<BenchN8n> {
		const instance = await createInstance({ tarball, files: [readable] });
		const n8n = new BenchN8n(instance);
		await n8n.restart();
		const { email, password } = await createOwner(instance);
		const login = { emailOrLdapLoginId: email, password };
		const response = await n8n.#send('POST', '/rest/login', login);
		n8n.#cookie = response.headers.getSetCookie()[0].split(';')[0];
		return n8n;
	}

	/** A fresh process on the same home: what it used before is forgotten, and what it has logged. */
	async restart(): Promise<void> {
		await this.stop();
		await rm(this.#log, { force: true });
		this.#child = await startN8n(this.#instance);
	}

	async stop(): Promise<void> {
		if (this.#child) await stop(this.#child);
	}

	get pid(): number {
		return this.#child!.pid!;
	}

	async inspector(): Promise<Inspector> {
		return await Inspector.open(this.pid, async () => await readFile(this.#log, 'utf8'));
	}

	get #log(): string {
		return join(this.#instance.home, 'n8n.log');
	}

	get #files(): string {
		return join(this.#instance.home, 'binaries');
	}

	/** Removes the files of all executions: a long benchmark would fill the disk with them. */
	async removeFiles(): Promise<void> {
		await rm(this.#files, { recursive: true, force: true });
	}

	async addCredential(type: string, data: object): Promise<{ id: string; name: string }> {
		const body = { name: type, type, data };
		const { id } = await this.#rest<{ id: string }>('POST', '/rest/credentials', body);
		return { id, name: type };
	}

	async addWorkflow(workflow: Workflow): Promise<string> {
		const { id } = await this.#rest<{ id: string }>('POST', '/rest/workflows', workflow);
		return id;
	}

	/** Starts a workflow from its trigger, as the editor's button does, and returns the execution's id. */
	async begin(workflowId: string): Promise<string> {
		const path = `/rest/workflows/${workflowId}/run`;
		const body = { workflowId, triggerToStartFrom: { name: 'Start' } };
		return (await this.#rest<{ executionId: string }>('POST', path, body)).executionId;
	}

	/** Runs a workflow to its end. */
	async run(workflowId: string): Promise<Execution> {
		const id = await this.begin(workflowId);
		let status: unknown;
		do {
			await sleep(POLL_MS);
			status = this.#row('SELECT status FROM execution_entity WHERE id = ?', id)?.status;
		} while (status === 'new' || status === 'running' || status === 'waiting');
		await sleep(SETTLE_MS);
		const record = this.#row('SELECT data FROM execution_data WHERE executionId = ?', id);
		const data = String(record?.data);
		return { id, recordLength: data.length, nodes: this.#nodesOf(data, status) };
	}

	/** How many executions are in this state. */
	count(status: string): number {
		const sql = 'SELECT COUNT(*) AS count FROM execution_entity WHERE status = ?';
		return Number(this.#row(sql, status)?.count);
	}

	/** Read from the database, so that watching costs n8n nothing. */
	#row(sql: string, parameter: string) {
		const file = join(this.#instance.home, '.n8n', 'database.sqlite');
		const database = new DatabaseSync(file, { readOnly: true });
		try {
			return database.prepare(sql).get(parameter);
		} finally {
			database.close();
		}
	}

	#nodesOf(data: string, status: unknown): Record<string, NodeRun[]> {
		const { parse } = createRequire(this.#instance.entry)('flatted');
		const { resultData } = parse(data);
		if (status !== 'success') {
			const { message, node } = resultData.error ?? {};
			throw new Error(`The workflow ended as "${status}" in "${node?.name}": ${message}`);
		}
		return resultData.runData;
	}

	async #rest<T>(method: string, path: string, body?: object): Promise<T> {
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
