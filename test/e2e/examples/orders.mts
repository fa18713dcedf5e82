import type { Execution } from '../../support/n8n/server.mts';
import type { Session } from '../../support/n8n/session.mts';
import { manualTrigger, webhook, workflow, type Node } from '../../support/n8n/workflow.mts';
import { sha256 } from '../../support/sha256.mts';
import { adaptedExample, readExample } from './example.mts';
import { Table } from './table.mts';

const FILE = 'buy-once.json';
const INPUTS = ['key', 'prompt', 'image_urls'] as const;

/** What the sub-workflow is called with. */
export type Order = Record<(typeof INPUTS)[number], string>;

/** A row of its data table. */
export interface OrderRow {
	order_key: string;
	prompt: string | null;
	image_urls: string | null;
	status: string | null;
	request_id: string | null;
	reason: string | null;
}

export const orderOf = (key: string): Order => ({
	key,
	prompt: `${key}: Figure 1 waves`,
	image_urls: 'https://example.com/front.jpg, https://example.com/side.jpg',
});

/** A copy of buy-once.json in an n8n, with a data table of its own. */
export class BuyOnce {
	readonly name: string;
	readonly workflowId: string;
	readonly #session: Session;
	/** A workflow that calls it. */
	#caller = '';

	private constructor(session: Session, name: string, workflowId: string) {
		this.#session = session;
		this.name = name;
		this.workflowId = workflowId;
	}

	/** Adds a copy; a row that is being bought is read again for so many minutes. */
	static async add(session: Session, name: string, minutes = 11): Promise<BuyOnce> {
		const { nodes } = await readExample(FILE);
		const asked = JSON.stringify(nodes.find((node) => node.name === 'Being Bought?')!.parameters);
		expect(asked).toContain('"rightValue":11');
		const parameters = {
			'Orders Table': { tableName: name },
			'Being Bought?': JSON.parse(asked.replace('"rightValue":11', `"rightValue":${minutes}`)),
			'Some Seconds': { amount: 1 },
		};
		const { n8n, credential } = session;
		const example = await adaptedExample(FILE, { name, credential, parameters });
		return new BuyOnce(session, name, await n8n.addWorkflow(example));
	}

	/** A workflow that calls it, from this trigger and with the orders that the trigger brings. */
	async addCaller(name: string, trigger: Node, orders: Order[] = []): Promise<string> {
		const from = trigger.type.endsWith('.webhook') ? '$json.body' : '$json';
		const id = (input: string) => ({
			id: input,
			displayName: input,
			type: 'string',
			display: true,
		});
		const buyOnce: Node = {
			name: 'Buy Once',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			parameters: {
				workflowId: { __rl: true, mode: 'id', value: this.workflowId },
				workflowInputs: {
					mappingMode: 'defineBelow',
					value: Object.fromEntries(INPUTS.map((input) => [input, `={{ ${from}.${input} }}`])),
					matchingColumns: [],
					schema: INPUTS.map(id),
				},
			},
		};
		return await this.#session.n8n.addWorkflow(
			workflow(name, [trigger, buyOnce], { items: orders }),
		);
	}

	/** A workflow that calls it from a webhook at this path, as others are called from. */
	async addWebhookCaller(path: string): Promise<string> {
		return await this.addCaller(path, webhook(path));
	}

	/** Calls it by hand, and does not wait. */
	async startCall(...orders: Order[]): Promise<string> {
		this.#caller = await this.addCaller(`${this.name} caller`, manualTrigger, orders);
		return await this.#session.n8n.startRun(this.#caller);
	}

	/** Calls it by hand, to its end. */
	async call(...orders: Order[]): Promise<Execution> {
		return await this.#session.n8n.finished(await this.startCall(...orders));
	}

	/** The rows of its table, or those of an order. */
	async rows(order?: Order): Promise<OrderRow[]> {
		const table = await Table.find(this.#session.n8n, this.name);
		const rows = ((await table?.rows()) ?? []) as unknown as OrderRow[];
		return rows.filter(({ order_key: key }) => !order || key === order.key);
	}

	/** Adds rows, as a call that runs meanwhile would leave them. */
	async addRows(...rows: Array<Partial<OrderRow>>): Promise<void> {
		await (await Table.find(this.#session.n8n, this.name))!.insert(rows);
	}

	/** Takes the rows of an order out of its table. */
	async deleteRows({ key }: Order): Promise<void> {
		await (await Table.find(this.#session.n8n, this.name))!.delete('order_key', key);
	}

	/** How often an order was bought. */
	purchases({ prompt }: Order): number {
		const jobs = [...this.#session.simulator.jobs.values()];
		return jobs.filter(({ body }) => body.prompt === prompt).length;
	}

	/** Checks that a call brought the clip of this order, with its file, and returns its request ID. */
	async assertBrought(
		{ status, outputs, error }: Execution,
		order: Order,
		at = 0,
	): Promise<string> {
		const { n8n, simulator } = this.#session;
		expect([status, error?.message]).toStrictEqual(['success', undefined]);
		const { json, binary } = outputs['Buy Once'][0][at];
		const { body } = simulator.jobs.get(json.request_id)!;
		expect([body.prompt, body.images]).toStrictEqual([order.prompt, order.image_urls.split(', ')]);
		const clip = await fetch(`${simulator.url}/files/${json.request_id}.mp4`);
		expect(sha256(Buffer.from(await n8n.download(binary!.data.id!)))).toBe(
			sha256(Buffer.from(await clip.arrayBuffer())),
		);
		return json.request_id;
	}
}
