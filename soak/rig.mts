import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { INSPECTABLE, Inspector } from '../bench/inspector.mts';
import { undoAtEnd } from '../scripts/runtime/cleanup.mjs';
import { temporaryFolder } from '../scripts/runtime/instance.mjs';
import { padded } from '../test/fixtures/media.mts';
import { startSimulator, type Simulator } from '../simulator/index.mts';
import { sha256 } from '../test/support/sha256.mts';
import { Server } from '../test/support/n8n/server.mts';
import { until } from '../test/support/until.mts';
import type { Evidence, Ran } from './checks/index.mts';
import type { Delivery } from './deliveries.mts';
import type { Hit, Script } from './faults.mts';
import type { Watched } from './memory.mts';
import { PATHS, workflowOf } from './workflows.mts';

const PHOTO = padded('photo.jpg', 300_000);
const MEDIA = new URL('../simulator/media/', import.meta.url);
const MADE = ['clip.mp4', 'picture.png'];
/** Three executions of four items at once have to wait for their turn. */
const LIMITS = { maxRunning: 12, maxPerSecond: 3 };
/** Every wait in a workflow is shorter than this. */
const MOST_MINUTES = 10;

interface Listed {
	id: string;
	status: string;
}

/** One n8n process with published workflows, and a simulator with faults and limits. */
export class Rig implements Watched {
	readonly simulator: Simulator;
	readonly inspector: Inspector;
	readonly #n8n: Server;
	readonly #files: string;
	/** By the IDs of the workflows. */
	readonly #paths: Map<string, string>;
	readonly #stopped = new Set<string>();
	/** Executions that n8n's Retry was asked to repeat. */
	readonly #retried = new Set<string>();
	#retries: Array<Promise<void>> = [];
	/** What n8n said of retries that it did not make. */
	readonly #refusedRetries: string[] = [];

	private constructor(
		simulator: Simulator,
		n8n: Server,
		inspector: Inspector,
		files: string,
		paths: Map<string, string>,
	) {
		this.simulator = simulator;
		this.inspector = inspector;
		this.#n8n = n8n;
		this.#files = files;
		this.#paths = paths;
	}

	static async start({ faults, plans }: Script): Promise<Rig> {
		const folder = await temporaryFolder('n8n-nodes-runcomfy-soak');
		const simulator = await startSimulator({ ...LIMITS, fetchLinks: true });
		undoAtEnd(() => simulator.close());
		simulator.addFaults(...faults);
		simulator.planJobs(...plans);
		const n8n = await Server.start({ files: [folder], env: INSPECTABLE });
		const { token: apiToken, url: baseUrl } = simulator;
		const credential = await n8n.addCredential('RunComfy', { apiToken, baseUrl });
		const [photo, files] = [join(folder, 'photo.jpg'), join(folder, 'files')];
		await writeFile(photo, PHOTO);
		await mkdir(files);
		const imageUrl = `${baseUrl}/references/cup.jpg`;
		const paths = new Map<string, string>();
		for (const path of PATHS) {
			const setting = { credential, photo, imageUrl, files };
			const id = await n8n.addWorkflow(workflowOf(path, setting));
			await n8n.publish(id);
			paths.set(id, path);
		}
		return new Rig(simulator, n8n, await Inspector.open(n8n), files, paths);
	}

	get pid(): number {
		return this.#n8n.pid;
	}

	get port(): number {
		return Number(new URL(this.simulator.url).port);
	}

	/** Starts executions with an item for each prompt, at once. */
	async call({ path, prompts, times }: Delivery): Promise<void> {
		const items = prompts.map((prompt) => ({ prompt }));
		const calls = Array.from({ length: times }, async () => await this.#n8n.call(path, { items }));
		await Promise.all(calls);
	}

	/** Stops one of the executions that are running, as the editor's button does. */
	async stopOne(random: () => number): Promise<void> {
		const running = await this.#executions(['running']);
		const one = running[Math.floor(random() * running.length)];
		if (!one) return;
		this.#stopped.add(one.id);
		// n8n refuses it when it has ended in this moment.
		await this.#n8n.stop(one.id).catch(() => undefined);
	}

	/**
	 * Has n8n retry the executions that have failed since the last time, with either workflow. What n8n ended itself,
	 * it reports as a success then, and runs nothing (n8n 2.41.1).
	 */
	async retryFailed(random: () => number): Promise<void> {
		const failed = await this.#executions(['error']);
		for (const { id } of failed.filter((execution) => !this.#retried.has(execution.id))) {
			this.#retried.add(id);
			this.#retries.push(this.#retry(id, random() < 0.5));
		}
	}

	/** Ends when the execution does, or is cut off. */
	async #retry(id: string, loadWorkflow: boolean): Promise<void> {
		const path = `/rest/executions/${id}/retry`;
		await this.#n8n.rest('POST', path, { loadWorkflow }).catch((error: Error) => {
			if (!error.message.includes('was cancelled')) this.#refusedRetries.push(error.message);
		});
	}

	/** Waits until no execution is running. */
	async allEnded(): Promise<void> {
		await Promise.all(this.#retries);
		this.#retries = [];
		const haveEnded = async () =>
			(await this.#executions(['new', 'running', 'waiting'])).length === 0;
		await until('all executions end', haveEnded, { minutes: MOST_MINUTES, everyMs: 1000 });
	}

	/** Everything that is known when all is over. */
	async evidence(hits: Hit[]): Promise<Evidence> {
		const [latest] = await this.#executions();
		const executions: Ran[] = [];
		// A new n8n counts its executions from 1 on.
		for (let id = 1; id <= Number(latest.id); id++) {
			const execution = await this.#n8n.execution(String(id));
			const path = this.#paths.get(execution.workflowId)!;
			executions.push({ ...execution, path, isStopped: this.#stopped.has(execution.id) });
		}
		const saved = readdirSync(this.#files).map((name): [string, string] => [
			name,
			sha256(readFileSync(join(this.#files, name))),
		]);
		const hashOf = (name: string) => sha256(readFileSync(new URL(name, MEDIA)));
		return {
			simulator: this.simulator,
			hits,
			executions,
			refusedRetries: this.#refusedRetries,
			saved: new Map(saved),
			log: await this.#n8n.log(),
			sent: { photo: sha256(PHOTO), url: hashOf('reference.jpg') },
			made: Object.fromEntries(MADE.map((name) => [extname(name).slice(1), hashOf(name)])),
		};
	}

	/** The executions in these states, the latest first. */
	async #executions(status?: string[]): Promise<Listed[]> {
		const filter = encodeURIComponent(JSON.stringify({ status }));
		const path = `/rest/executions?limit=100&filter=${filter}`;
		return (await this.#n8n.rest<{ results: Listed[] }>('GET', path)).results;
	}
}
