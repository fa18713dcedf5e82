import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { INSPECTABLE, Inspector } from '../bench/inspector.mts';
import { undoAtEnd } from '../scripts/runtime/cleanup.mjs';
import { temporaryFolder } from '../scripts/runtime/instance.mjs';
import { padded } from '../test/fixtures/media.mts';
import { startSimulator, type Simulator } from '../simulator/index.mts';
import { sha256 } from '../test/support/sha256.mts';
import { Server, type Execution } from '../test/support/n8n/server.mts';
import { until } from '../test/support/until.mts';
import type { Evidence } from './checks.mts';
import type { Hit, Script } from './faults.mts';
import type { Watched } from './memory.mts';
import { PATHS, workflowOf } from './workflows.mts';

const PHOTO_BYTES = 300_000;
const CLIP = new URL('../simulator/media/clip.mp4', import.meta.url);
/** Every wait in a workflow is shorter than this. */
const MOST_MINUTES = 10;

/** One n8n process with published workflows, and a simulator with faults. */
export class Rig implements Watched {
	readonly simulator: Simulator;
	readonly inspector: Inspector;
	readonly #n8n: Server;
	readonly #videos: string;
	#calls = 0;

	private constructor(simulator: Simulator, n8n: Server, inspector: Inspector, videos: string) {
		this.simulator = simulator;
		this.inspector = inspector;
		this.#n8n = n8n;
		this.#videos = videos;
	}

	static async start({ faults, plans }: Script): Promise<Rig> {
		const folder = await temporaryFolder('n8n-nodes-runcomfy-soak');
		const simulator = await startSimulator();
		undoAtEnd(() => simulator.close());
		simulator.addFaults(...faults);
		simulator.planJobs(...plans);
		const n8n = await Server.start({ files: [folder], env: INSPECTABLE });
		const { token: apiToken, url: baseUrl } = simulator;
		const credential = await n8n.addCredential('RunComfy', { apiToken, baseUrl });
		const [photo, videos] = [join(folder, 'photo.jpg'), join(folder, 'videos')];
		await writeFile(photo, padded('photo.jpg', PHOTO_BYTES));
		await mkdir(videos);
		for (const path of PATHS)
			await n8n.publish(await n8n.addWorkflow(workflowOf(path, { credential, photo, videos })));
		const inspector = await Inspector.open(n8n);
		return new Rig(simulator, n8n, inspector, videos);
	}

	get pid(): number {
		return this.#n8n.pid;
	}

	get port(): number {
		return Number(new URL(this.simulator.url).port);
	}

	/** Starts an execution with an item for each prompt. */
	async call(path: string, prompts: string[]): Promise<void> {
		await this.#n8n.call(path, { items: prompts.map((prompt) => ({ prompt })) });
		this.#calls++;
	}

	/** Waits until no execution is running. */
	async allEnded(): Promise<void> {
		const filter = encodeURIComponent(JSON.stringify({ status: ['new', 'running', 'waiting'] }));
		const haveEnded = async () => {
			const path = `/rest/executions?filter=${filter}`;
			const { results } = await this.#n8n.rest<{ results: object[] }>('GET', path);
			return results.length === 0;
		};
		await until('all executions end', haveEnded, { minutes: MOST_MINUTES, everyMs: 1000 });
	}

	/** Everything that is known when all is over. */
	async evidence(hits: Hit[]): Promise<Evidence> {
		const executions: Execution[] = [];
		// A new n8n counts its executions from 1 on.
		for (let id = 1; id <= this.#calls; id++)
			executions.push(await this.#n8n.execution(String(id)));
		const saved = readdirSync(this.#videos).map((name): [string, string] => [
			basename(name, '.mp4'),
			sha256(readFileSync(join(this.#videos, name))),
		]);
		return {
			simulator: this.simulator,
			hits,
			executions,
			saved: new Map(saved),
			clipSha256: sha256(readFileSync(CLIP)),
			photoSha256: sha256(padded('photo.jpg', PHOTO_BYTES)),
			log: await this.#n8n.log(),
		};
	}
}
