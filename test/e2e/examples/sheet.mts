import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { media } from '../../fixtures/media.mts';
import type { DataUri } from '../../../simulator/types.mts';
import { signedByAuthority } from '../../support/certificates.mts';
import type { Cell } from '../../support/google/cells.mts';
import { viewLink } from '../../support/google/drive.mts';
import { Google, GOOGLE_HOSTS } from '../../support/google/index.mts';
import type { Spreadsheet } from '../../support/google/sheets.mts';
import { startSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import type { Credential } from '../../support/n8n/workflow.mts';
import { startProxy } from '../../support/proxy.mts';
import type { Proxy } from '../../support/proxy.mts';
import { sha256 } from '../../support/sha256.mts';
import { until } from '../../support/until.mts';
import { adaptedExample, exampleFolder } from './example.mts';
import { Gate } from './gate.mts';

const FILE = 'sheet-to-drive.json';
export const TRIGGER = 'Every Hour';
const SECONDLY = { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } };
const HEADER = join(exampleFolder, 'sheet-to-drive.csv');

export type Row = Record<string, Cell>;

/** The example in n8n, with a sheet and a folder of its own. */
export interface Copy {
	name: string;
	workflowId: string;
	sheet: Spreadsheet;
	folder: string;
}

/** Copies of sheet-to-drive.json in an n8n that takes a stand-in for Google, and can be stopped at any node. */
export class SheetSession {
	readonly session: Session;
	readonly google: Google;
	readonly gate: Gate;
	readonly proxy: Proxy;
	/** Links of files in Drive, by name. */
	readonly photos: Record<string, string> = {};
	#credential: Credential;

	private constructor(
		session: Session,
		google: Google,
		gate: Gate,
		proxy: Proxy,
		credential: Credential,
	) {
		this.session = session;
		this.google = google;
		this.gate = gate;
		this.proxy = proxy;
		this.#credential = credential;
		for (const name of ['photo.jpg', 'photo.png', 'lossy.webp'])
			this.photos[name] = google.drive.add(name, `image/${name.split('.')[1]}`, media(name));
	}

	static async start(): Promise<SheetSession> {
		const { authority, tls } = await signedByAuthority(...GOOGLE_HOSTS);
		const google = await Google.start(tls);
		const proxy = await startProxy({ standIns: google.standIns });
		const gate = await Gate.open();
		const env = { ...gate.env, HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: authority };
		const session = await startSession({ queueMs: 0, runMs: 0 }, { env });
		const credential = await session.n8n.addCredential('Google', google.credential, 'googleApi');
		return new SheetSession(session, google, gate, proxy, credential);
	}

	async end(): Promise<void> {
		await this.session.end();
		await this.proxy.close();
		this.google.close();
		this.gate.close();
	}

	/** Adds the example as a user sets it up, with these rows in its sheet and parameters changed. */
	async addCopy(name: string, rows: Row[], changes: Record<string, object> = {}): Promise<Copy> {
		const { n8n, credential } = this.session;
		const header = (await readFile(HEADER, 'utf8')).trim().split(',');
		const sheet = this.google.sheets.add([header]);
		for (const row of rows) sheet.add(row);
		const folder = this.google.drive.addFolder();
		const own = { Settings: settings(sheet.link, folder), [TRIGGER]: SECONDLY };
		const parameters = { ...own, ...changes };
		const example = await adaptedExample(FILE, { name, credential, folder, parameters });
		const nodes = example.nodes.map((node) => {
			if (!/\.google(Sheets|Drive)$/.test(node.type)) return node;
			return {
				...node,
				parameters: { ...node.parameters, authentication: 'serviceAccount' },
				credentials: { googleApi: this.#credential },
				// The stand-in needs no time to recover.
				waitBetweenTries: 1,
			};
		});
		const workflowId = await n8n.addWorkflow({ ...example, nodes });
		return { name, workflowId, sheet, folder };
	}

	/** Has a copy run on its schedule, every second, until something holds and its last run has ended. */
	async runOnSchedule({ workflowId }: Copy, holds: () => boolean): Promise<void> {
		const { n8n } = this.session;
		await n8n.publish(workflowId);
		await until('its runs have done their work', holds);
		await n8n.unpublish(workflowId);
		for (const id of await n8n.executionIds(workflowId))
			expect((await n8n.finished(id)).status).toBe('success');
	}

	/** How often a prompt was bought. */
	purchases(prompt: Cell): number {
		const jobs = [...this.session.simulator.jobs.values()];
		return jobs.filter(({ body }) => body.prompt === prompt).length;
	}

	/** Checks that a row's clip has arrived: in the row, and in its folder. */
	async assertDone({ folder }: Copy, row: Row): Promise<void> {
		const { simulator } = this.session;
		const { status, reason, request_id: id, link, cost_usd: cost } = row;
		expect([String(row.prompt), [status, reason]]).toStrictEqual([
			String(row.prompt),
			['done', ''],
		]);
		const job = simulator.jobs.get(String(id))!;
		expect(job.body.prompt).toBe(row.prompt);
		expect(cost).toBe(job.costUsd);
		const file = this.google.drive.filesIn(folder).find((own) => viewLink(own) === link)!;
		expect([file.name, file.mimeType]).toStrictEqual([`${id}.mp4`, 'video/mp4']);
		const clip = await (await fetch(`${simulator.url}/files/${id}.mp4`)).bytes();
		expect([String(row.prompt), sha256(file.bytes)]).toStrictEqual([
			String(row.prompt),
			sha256(clip),
		]);
	}

	/** Checks which photos a row's clip was made from, in Figure order. */
	assertFigures({ request_id: id }: Row, photos: string[]): void {
		const { body } = this.session.simulator.jobs.get(String(id))!;
		expect((body.images as DataUri[]).map((image) => image.sha256)).toStrictEqual(
			photos.map((name) => sha256(media(name))),
		);
	}
}

const settings = (sheet: string, folder: string) => ({
	assignments: {
		assignments: [
			{ id: 'sheet', name: 'sheet_link', value: sheet, type: 'string' },
			{ id: 'folder', name: 'folder_link', value: folder, type: 'string' },
		],
	},
	options: {},
});
