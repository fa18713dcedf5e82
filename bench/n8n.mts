import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, type Execution } from '../test/support/n8n/server.mts';
import { until } from '../test/support/until.mts';
import { INSPECTABLE } from './inspector.mts';

/** What n8n may still do after it has noted the end of an execution. */
const SETTLE_MS = 300;
/** Every run of a workflow is shorter than this. */
const MOST_MINUTES = 15;

/** An n8n whose executions are read from its database, so that watching them costs it nothing. */
export class BenchN8n extends Server {
	constructor(...args: ConstructorParameters<typeof Server>) {
		super(...args);
		const env = { N8N_BINARY_DATA_STORAGE_PATH: this.#files, ...INSPECTABLE };
		Object.assign(this.instance.env, env);
	}

	override async finished(id: string): Promise<Execution> {
		const sql =
			"SELECT 1 FROM execution_entity WHERE id = ? AND status NOT IN ('new', 'running', 'waiting')";
		await until(`execution ${id} ends`, () => this.#row(sql, id), { minutes: MOST_MINUTES });
		await sleep(SETTLE_MS);
		const execution = await this.execution(id);
		const { status, error } = execution;
		if (status !== 'success')
			throw new Error(
				`The workflow ended as "${status}" in "${error?.node?.name}": ${error?.message}`,
			);
		return execution;
	}

	override async execution(id: string): Promise<Execution> {
		const sql =
			'SELECT status, workflowId, startedAt, data FROM execution_entity JOIN execution_data ON executionId = id WHERE id = ?';
		const { status, workflowId, startedAt, data } = this.#row(sql, id) ?? {};
		return this.parsed(id, {
			status: String(status),
			workflowId: String(workflowId),
			startedAt: String(startedAt),
			data: String(data),
		});
	}

	/** How many executions are in this state. */
	count(status: string): number {
		const sql = 'SELECT COUNT(*) AS count FROM execution_entity WHERE status = ?';
		return Number(this.#row(sql, status)?.count);
	}

	/** Removes the files of all executions: a long benchmark would fill the disk with them. */
	async removeFiles(): Promise<void> {
		await rm(this.#files, { recursive: true, force: true });
	}

	get #files(): string {
		return join(this.home, 'binaries');
	}

	#row(sql: string, parameter: string) {
		const file = join(this.home, '.n8n', 'database.sqlite');
		const database = new DatabaseSync(file, { readOnly: true });
		try {
			return database.prepare(sql).get(parameter);
		} finally {
			database.close();
		}
	}
}
