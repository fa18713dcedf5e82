import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8nProcess } from '../test/support/n8n/process.mts';
import { until } from '../test/support/until.mts';

/** What n8n needs in its environment, so that several can be looked into at a time. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=0' };

const GC_PAUSE_MS = 200;

/** Looks into a running n8n process (https://nodejs.org/api/inspector.html). */
export class Inspector {
	readonly #socket: WebSocket;
	#sent = 0;

	private constructor(socket: WebSocket) {
		this.#socket = socket;
	}

	/** Opens the inspector of an n8n, whose address Node.js writes to its log. */
	static async open(n8n: N8nProcess): Promise<Inspector> {
		process.kill(n8n.pid, 'SIGUSR1');
		const address = await until('the inspector opens', async () => {
			return /Debugger listening on (ws:\S+)/.exec(await n8n.log())?.[1];
		});
		const socket = new WebSocket(address);
		await once(socket, 'open');
		return new Inspector(socket);
	}

	/** Bytes that are in use by JavaScript, buffers included, and not garbage. */
	async usedBytes(): Promise<number> {
		// What a first collection finalizes, a second one frees.
		for (let times = 0; times < 2; times++) {
			await this.#call('HeapProfiler.collectGarbage');
			await sleep(GC_PAUSE_MS);
		}
		const { usedSize, backingStorageSize } = await this.#call('Runtime.getHeapUsage');
		return usedSize + backingStorageSize;
	}

	/** What keeps the process alive, by kind: sockets, timers, … */
	async handles(): Promise<Record<string, number>> {
		const expression = 'process.getActiveResourcesInfo()';
		const params = { expression, returnByValue: true };
		const { result } = await this.#call('Runtime.evaluate', params);
		const counts: Record<string, number> = {};
		for (const kind of result.value) counts[kind] = (counts[kind] ?? 0) + 1;
		return counts;
	}

	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each method answers something else
	async #call(method: string, params: object = {}): Promise<any> {
		const id = ++this.#sent;
		this.#socket.send(JSON.stringify({ id, method, params }));
		for (;;) {
			const [{ data }] = await once(this.#socket, 'message');
			const answer = JSON.parse(data);
			if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
			if (answer.id === id) return answer.result;
		}
	}
}
