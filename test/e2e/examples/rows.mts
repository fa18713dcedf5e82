import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import { startSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { adaptedExample, readExample } from './example.mts';
import { Gate } from './gate.mts';
import { Table } from './table.mts';
import type { Column, Row } from './table.mts';

const FILE = 'rows-never-bought-twice.json';
export const TRIGGER = 'Every Hour';
export const SECONDLY = { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } };

/** The example in n8n, with a folder of its own. */
interface Example {
	name: string;
	workflowId: string;
	folder: string;
}

export interface Copy extends Example {
	table: Table;
}

/** Copies of rows-never-bought-twice.json in an n8n. */
export class Rows {
	readonly session: Session;
	readonly folder: string;

	/** The folder must be one that n8n may write to. */
	constructor(session: Session, folder: string) {
		this.session = session;
		this.folder = folder;
	}

	/** Adds the example as it is imported: it makes its data table, of this name, by itself. */
	async addExample(name: string, parameters: Record<string, object> = {}): Promise<Example> {
		const { n8n, credential } = this.session;
		const folder = join(this.folder, name);
		await mkdir(folder);
		const own = { 'Clips Table': { tableName: name }, ...parameters };
		const adaptation = { name, credential, folder, parameters: own };
		const workflowId = await n8n.addWorkflow(await adaptedExample(FILE, adaptation));
		return { name, workflowId, folder };
	}

	/** Adds the example with a data table that is there already. */
	async addCopy(name: string, parameters?: Record<string, object>): Promise<Copy> {
		const table = await Table.create(this.session.n8n, name, await columns());
		return { ...(await this.addExample(name, parameters)), table };
	}

	/** Ends the schedule of a copy. */
	async unpublish({ workflowId }: Pick<Copy, 'workflowId'>): Promise<void> {
		await this.session.n8n.unpublish(workflowId);
	}

	/** How often a prompt was bought. */
	purchases(prompt: string): number {
		const jobs = [...this.session.simulator.jobs.values()];
		return jobs.filter(({ body }) => body.prompt === prompt).length;
	}

	/** Checks that a row's clip has arrived: in the row, and as a file. */
	async assertDone({ folder }: Pick<Copy, 'folder'>, row: Row): Promise<void> {
		const { simulator } = this.session;
		const { status, reason, request_id: id, file_name: file } = row;
		expect([row.prompt, [status, reason || '', file]]).toStrictEqual([
			row.prompt,
			['done', '', `${id}.mp4`],
		]);
		expect(row.cost_usd).toBe(simulator.jobs.get(id!)!.costUsd);
		const clip = await fetch(`${simulator.url}/files/${id}.mp4`);
		const bytes = Buffer.from(await clip.arrayBuffer());
		expect([row.prompt, bytes.equals(await readFile(join(folder, file!)))]).toStrictEqual([
			row.prompt,
			true,
		]);
	}
}

/** Such copies in an n8n of their own, which can be stopped at any node. */
export class RowsSession extends Rows {
	readonly gate: Gate;

	private constructor(session: Session, folder: string, gate: Gate) {
		super(session, folder);
		this.gate = gate;
	}

	static async start(): Promise<RowsSession> {
		const gate = await Gate.open();
		const folder = await temporaryFolder('n8n-nodes-runcomfy-rows');
		const options = { files: [folder], env: gate.env };
		return new RowsSession(await startSession({ queueMs: 0, runMs: 0 }, options), folder, gate);
	}

	async end(): Promise<void> {
		await this.session.end();
		this.gate.close();
	}
}

async function columns(): Promise<Column[]> {
	const { nodes } = await readExample(FILE);
	const { parameters } = nodes.find(({ name }) => name === 'Clips Table')!;
	return (parameters as { columns: { column: Column[] } }).columns.column;
}
