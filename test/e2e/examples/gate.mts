import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const HOOK = fileURLToPath(new URL('gateHook.mjs', import.meta.url));

/** A moment in the run of a workflow: just before or just after a node. */
export interface Step {
	executionId: string;
	workflow: string;
	node: string;
	when: 'before' | 'after';
}

/** Where n8n asks before and after each node whether it may go on. */
export class Gate {
	/** Every step so far, in order. */
	readonly steps: Step[] = [];
	/** Whether a step has to wait; it is the nth of its workflow, from 0. */
	holds: (step: Step, nth: number) => boolean = () => false;
	#waiting = new Map<ServerResponse, Step>();
	#server: Server;

	private constructor() {
		this.#server = createServer(async (request, response) => {
			const step = (await json(request)) as Step;
			const nth = this.steps.filter(({ workflow }) => workflow === step.workflow).length;
			this.steps.push(step);
			if (this.holds(step, nth)) this.#waiting.set(response, step);
			else response.end();
		});
	}

	static async open(): Promise<Gate> {
		const gate = new Gate();
		gate.#server.listen(0, '127.0.0.1');
		await once(gate.#server, 'listening');
		return gate;
	}

	/** What makes n8n ask here. */
	get env(): Record<string, string> {
		const { port } = this.#server.address() as AddressInfo;
		return { EXTERNAL_HOOK_FILES: HOOK, TEST_GATE_URL: `http://127.0.0.1:${port}` };
	}

	/** The steps that wait now. */
	get waiting(): Step[] {
		return [...this.#waiting.values()];
	}

	/** Lets everything go on, from now on. */
	release(): void {
		this.holds = () => false;
		for (const response of this.#waiting.keys()) response.end();
		this.#waiting.clear();
	}

	close(): void {
		this.#server.closeAllConnections();
		this.#server.close();
	}
}
