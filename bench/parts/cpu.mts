import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNode } from '../../scripts/runtime/node.mjs';
import { run } from '../../scripts/runtime/process.mjs';
import type { Node, Workflow } from '../../test/support/n8n/workflow.mts';
import { DEFAULT_TOKEN } from '../../test/simulator/index.mts';
import { chain, files, generate, runComfy, startRig, type Rig } from '../contenders.mts';
import { cpuSeconds } from '../measure.mts';
import { BenchN8n } from '../n8n.mts';
import { Rows, type Row } from '../results.mts';
import { GB, MB, clipItems, times, type Setup } from './part.mts';

const CLIP_BYTES = 30 * MB;
const VIDEO_BYTES = 200 * MB;
const UPLOADS = 30;
const DOWNLOADS = 5;
const MOST_RATIO = 1.5;
/** What an idle n8n 2.41.1 keeps on its heap, in MB, as `node --trace-gc` shows. */
const N8N_HEAP_MB = 183;
const NOTE =
	"differs from one n8n process to the next: in some, V8 keeps what Node.js has sent until it has gone through n8n's heap, see the bare script that holds as much and the benchmark's README";
const CONTENDERS = {
	bare: 'bare script',
	full: 'bare script that holds as much as n8n',
	own: 'this node',
	http: "n8n's HTTP Request node",
};
const SCRIPT = fileURLToPath(new URL('../bareScript.mts', import.meta.url));
const MODEL = '/v1/models/kling/kling-video-o3/standard/reference-to-video';

const httpDownload: Node = {
	name: 'Download',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		url: '={{ $json.url }}',
		options: { response: { response: { responseFormat: 'file' } } },
	},
};

/** Sends a file as it is, which is less work than base64; the service refuses it after its last byte. */
const httpUpload = (url: string): Node => ({
	name: 'Upload',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: {
		method: 'POST',
		url,
		sendBody: true,
		contentType: 'binaryData',
		inputDataFieldName: 'data',
		options: { response: { response: { neverError: true } } },
	},
});

/**
 * Processor time for each gigabyte of files. n8n's own share (its start of an execution, saving it) is
 * taken off by the same workflow that moves nothing. Each node has an n8n of its own, since one would
 * collect what the other leaves.
 */
export async function cpu(setup: Setup): Promise<Row[]> {
	const rows = new Rows();
	const own = await startRig(generate, setup, { runMs: 0, fileBytes: VIDEO_BYTES });
	const http = await BenchN8n.start(setup.tarball, setup.folder);
	await uploads(rows, own, http, setup);
	await downloads(rows, own, http, setup);
	await Promise.all([own.n8n.stop(), http.stop()]);
	return rows.all;
}

async function uploads(
	rows: Rows,
	own: Rig,
	http: BenchN8n,
	{ folder, runs }: Setup,
): Promise<void> {
	const gigabytes = (UPLOADS * CLIP_BYTES) / GB;
	const url = own.service.url + MODEL;
	const clips = await clipItems(folder, UPLOADS, CLIP_BYTES);
	const sent = async (n8n: BenchN8n, node: Node) => {
		const { nodes } = await n8n.run(await n8n.addWorkflow(chain('Read', [files], clips)));
		// Pinned, they are in n8n's storage already: reading them in costs more than sending them.
		const pinData = { Files: nodes.Files[0].data!.main[0]! };
		const workflow = (ways: Node[]) => ({ ...chain('Up', [files, ...ways], []), pinData });
		return await measured(n8n, workflow([node]), workflow([]));
	};
	const video = { prompt: 'At night', referenceVideo: 'binary', videoBinaryPropertyName: 'data' };
	const byOwn = await sent(own.n8n, runComfy(own.credential, 'create', video));
	const byHttp = await sent(http, httpUpload(url));
	for (let run = 0; run < runs; run++)
		addRows(rows, 'up', `${UPLOADS} × ${CLIP_BYTES / MB} MB`, gigabytes, {
			bare: await bare('up', url, clips[0].path, UPLOADS, 0),
			full: await bare('up', url, clips[0].path, UPLOADS, N8N_HEAP_MB),
			own: await byOwn(),
			http: await byHttp(),
		});
}

async function downloads(
	rows: Rows,
	own: Rig,
	http: BenchN8n,
	{ folder, runs }: Setup,
): Promise<void> {
	const gigabytes = (DOWNLOADS * VIDEO_BYTES) / GB;
	const requests = await bought(own.service.url, DOWNLOADS);
	const links = requests.map((id) => ({ url: `${own.service.url}/files/${id}.mp4` }));
	const items = requests.map((id) => ({ request_id: id }));
	const wait = (downloadVideo: boolean) =>
		chain('Wait', [runComfy(own.credential, 'waitForCompletion', { downloadVideo })], items);
	const byOwn = await measured(own.n8n, wait(true), wait(false));
	const byHttp = await measured(
		http,
		chain('HTTP', [httpDownload], links),
		chain('HTTP', [], links),
	);
	const target = join(folder, 'bare.mp4');
	for (let run = 0; run < runs; run++) {
		addRows(rows, 'down', `${DOWNLOADS} × ${VIDEO_BYTES / MB} MB`, gigabytes, {
			bare: await bare('down', links[0].url, target, DOWNLOADS, 0),
			full: await bare('down', links[0].url, target, DOWNLOADS, N8N_HEAP_MB),
			own: await byOwn(),
			http: await byHttp(),
		});
		await Promise.all([own.n8n.removeFiles(), http.removeFiles()]);
	}
}

/** Tells the seconds of processor time that a workflow takes over one that does nothing. */
async function measured(
	n8n: BenchN8n,
	work: Workflow,
	nothing: Workflow,
): Promise<() => Promise<number>> {
	const ids = [await n8n.addWorkflow(work), await n8n.addWorkflow(nothing)];
	const spent = async (id: string) => {
		const before = cpuSeconds(n8n.pid);
		await n8n.run(id);
		return cpuSeconds(n8n.pid) - before;
	};
	return async () => {
		// A new process each time, since what V8 keeps of the buffers differs between processes.
		await n8n.restart();
		// n8n loads what it needs when it is needed first.
		for (const id of ids) await spent(id);
		return (await spent(ids[0])) - (await spent(ids[1]));
	};
}

type Direction = 'up' | 'down';

function addRows(
	rows: Rows,
	direction: Direction,
	work: string,
	gigabytes: number,
	seconds: Record<keyof typeof CONTENDERS, number>,
): void {
	const figure = `Processor time for 1 GB ${direction}`;
	for (const [key, contender] of Object.entries(CONTENDERS)) {
		const spent = seconds[key as keyof typeof CONTENDERS];
		rows.add({ figure, work, contender, value: spent / gigabytes, unit: 's' });
		if (key === 'bare') continue;
		const ratio = { work, contender, unit: '×' };
		rows.add({
			...ratio,
			figure: `${figure} / bare script`,
			value: spent / seconds.bare,
			...(key === 'own' && { target: MOST_RATIO, note: direction === 'up' ? NOTE : undefined }),
		});
		if (key === 'full') continue;
		const ofItsOwn = `${figure} / bare script that holds as much`;
		rows.add({ ...ratio, figure: ofItsOwn, value: spent / seconds.full });
	}
}

async function bare(way: Direction, url: string, file: string, count: number, heap: number) {
	const args = [SCRIPT, way, url, file, String(count), String(heap)];
	return Number.parseFloat((await run(await ensureNode(), args)).stdout);
}

/** IDs of requests that are finished already, so that a download is all there is to do. */
async function bought(url: string, count: number): Promise<string[]> {
	return await Promise.all(
		times(count, async () => {
			const response = await fetch(url + MODEL, {
				method: 'POST',
				headers: { authorization: `Bearer ${DEFAULT_TOKEN}` },
				body: JSON.stringify({ prompt: 'At night' }),
			});
			return (await response.json()).request_id;
		}),
	);
}
