import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { createInstance } from '../../../scripts/runtime/instance.mjs';
import { startN8n } from '../../../scripts/runtime/server.mjs';

export type Env = Record<string, string>;

/** A cheaper start for n8n: without the process that runs code of workflows, and with fewer collections of garbage. */
export const LEAN: Env = {
	N8N_RUNNERS_MODE: 'external',
	N8N_RUNNERS_AUTH_TOKEN: 'of no one',
	// In MiB, for each half; a start makes several hundred MiB of short-lived objects.
	NODE_OPTIONS: '--max-semi-space-size=64',
};

/** A process of n8n, main or worker, with a home of its own. */
export class N8nProcess {
	protected readonly instance: Awaited<ReturnType<typeof createInstance>>;
	readonly #command: 'start' | 'worker';
	#child?: ChildProcess;

	constructor(instance: N8nProcess['instance'], command: 'start' | 'worker') {
		this.instance = instance;
		this.#command = command;
	}

	/** What is to be different in its environment from its next start on. */
	set(env: Env): void {
		Object.assign(this.instance.env, env);
	}

	/** Starts it on the home it has, with what is to be different in its environment from now on. */
	async restart(env: Env = {}): Promise<void> {
		this.set(env);
		this.#child = await startN8n(this.instance, this.#command);
	}

	/** What a power cut does to it. */
	async kill(): Promise<void> {
		await this.#end(-this.pid, 'SIGKILL');
	}

	/** What a redeploy does to it. */
	async terminate(): Promise<void> {
		await this.#end(this.pid, 'SIGTERM');
	}

	get url(): string {
		return this.instance.url;
	}

	/** The folder it keeps everything in. */
	get home(): string {
		return this.instance.home;
	}

	get pid(): number {
		return this.#child!.pid!;
	}

	/** What n8n has written to its log so far. */
	async log(): Promise<string> {
		return await readFile(join(this.home, 'n8n.log'), 'utf8');
	}

	async #end(pid: number, signal: NodeJS.Signals): Promise<void> {
		const gone = once(this.#child!, 'close');
		process.kill(pid, signal);
		await gone;
	}
}
