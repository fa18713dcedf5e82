import { join } from 'node:path';
import { cleanUp } from '../../scripts/runtime/cleanup.mjs';
import { createInstance, temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { packPackage } from '../../scripts/runtime/package.mjs';
import { startPostgres } from '../../scripts/runtime/postgres.mjs';
import { startRedis } from '../../scripts/runtime/redis.mjs';
import type { SimulatorOptions } from '../../simulator/index.mts';
import { LEAN, N8nProcess } from '../support/n8n/process.mts';
import type { Env } from '../support/n8n/process.mts';
import { startSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { until } from '../support/until.mts';

/** Where n8n keeps files in queue mode; with `filesystem`, in a folder that all processes share. */
export type BinaryMode = 'database' | 'filesystem';

/** An n8n in queue mode: one main and two workers. */
export interface Queue extends Session {
	workers: [Worker, Worker];
	/** A folder that workflows on any of them may write to. */
	folder: string;
	/** Runs statements in the database of main and workers, and returns what psql prints. */
	sql(statements: string): Promise<string>;
	/** The worker that has taken this execution from the queue. */
	workerOf(executionId: string): Promise<Worker>;
	/** Ends main and workers, and starts them with another place for files. */
	switchTo(mode: BinaryMode): Promise<void>;
}

export async function startQueue(
	mode: BinaryMode,
	options: SimulatorOptions,
	{ workersAtFirst = 2 } = {},
): Promise<Queue> {
	try {
		const folder = await temporaryFolder('n8n-nodes-runcomfy-queue');
		const [redisPort, database] = await Promise.all([startRedis(), startPostgres()]);
		const shared = sharedEnv(folder, redisPort, database);
		const env = { ...shared, N8N_DEFAULT_BINARY_DATA_MODE: mode };
		// Main goes first: it prepares the database.
		const session = await startSession(options, { files: [folder], env });
		const tarball = await packPackage(folder);
		const create = async () => await Worker.create(tarball, folder);
		const workers: [Worker, Worker] = [await create(), await create()];
		for (const worker of workers) worker.set({ ...env, WEBHOOK_URL: `${session.n8n.url}/` });
		await Promise.all(workers.slice(0, workersAtFirst).map((worker) => worker.restart()));

		const processes = [session.n8n, ...workers];
		const switchTo = async (other: BinaryMode) => {
			await Promise.all(processes.map((process) => process.terminate()));
			const changed = { N8N_DEFAULT_BINARY_DATA_MODE: other };
			await Promise.all(processes.map((process) => process.restart(changed)));
		};
		const workerOf = async (id: string) =>
			await until(`a worker takes execution ${id}`, async () => {
				const taken = await Promise.all(workers.map((worker) => worker.executionIds()));
				return workers.find((_, index) => taken[index].includes(id));
			});
		const sql = database.execute;
		return { ...session, workers, folder, sql, workerOf, switchTo };
	} catch (error) {
		await cleanUp();
		throw error;
	}
}

/** What main and workers have in common: without it they would not be one n8n. */
function sharedEnv(
	folder: string,
	redisPort: number,
	database: Awaited<ReturnType<typeof startPostgres>>,
): Env {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		// By default it waits 30 s for running executions when it is stopped.
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '3',
		// By default it takes n8n two minutes to see that a worker is dead.
		QUEUE_WORKER_LOCK_DURATION: '20000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
		QUEUE_WORKER_STALLED_INTERVAL: '10000',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: database.host,
		DB_POSTGRESDB_PORT: String(database.port),
		DB_POSTGRESDB_USER: database.user,
		DB_POSTGRESDB_DATABASE: database.database,
		N8N_ENCRYPTION_KEY: 'the same in every process',
		// Workflows may not write to it, so it is not the folder itself.
		N8N_BINARY_DATA_STORAGE_PATH: join(folder, 'n8n'),
	};
}

export class Worker extends N8nProcess {
	static async create(tarball: string, folder: string): Promise<Worker> {
		const instance = await createInstance({ tarball, files: [folder] });
		Object.assign(instance.env, LEAN, {
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: new URL(instance.url).port,
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		});
		return new Worker(instance, 'worker');
	}

	/** The ids of the executions that it has taken from the queue, in order. */
	async executionIds(): Promise<string[]> {
		const lines = (await this.log()).matchAll(/Worker started execution (\d+) /g);
		return [...lines].map(([, id]) => id);
	}
}
