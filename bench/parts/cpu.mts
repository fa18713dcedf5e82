import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNode } from '../../scripts/runtime/node.mjs';
import { run } from '../../scripts/runtime/process.mjs';
import type { Node } from '../../test/e2e/workflow.mts';
import { DEFAULT_TOKEN } from '../../test/simulator/index.mts';
import { chain, files, generate, runComfy, startRig } from '../contenders.mts';
import { cpuSeconds } from '../measure.mts';
import { Rows, type Row } from '../results.mts';
import { GB, MB, clipItems, times, type Setup } from './part.mts';

const CLIP_BYTES = 30 * MB;
const VIDEO_BYTES = 200 * MB;
const UPLOADS = 10;
const DOWNLOADS = 5;
const MOST_RATIO = 1.5;
/** What an idle n8n 2.41.1 keeps on its heap, in MB, as `node --trace-gc` shows. */
const N8N_HEAP_MB = 183;
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
		url: url + MODEL,
		sendBody: true,
		contentType: 'binaryData',
		inputDataFieldName: 'data',
		options: { response: { response: { neverError: true } } },
	},
});

/**
 * Processor time for each gigabyte of files. n8n's own share (reading the input, saving the
 * execution) is taken off by the same workflow that moves nothing.
 */
export async function cpu(setup: Setup): Promise<Row[]> {
	const rows = new Rows();
	const { n8n, service } = await startRig(generate, setup, { runMs: 0, fileBytes: VIDEO_BYTES });
	const credential = await n8n.addCredential('runComfyApi', {
		apiToken: DEFAULT_TOKEN,
		baseUrl: service.url,
	});
	const clips = await clipItems(setup.folder, UPLOADS, CLIP_BYTES);
	const requests = await bought(service.url, DOWNLOADS);
	const video = { prompt: 'At night', referenceVideo: 'binary', videoBinaryPropertyName: 'data' };
	const create = runComfy(credential, 'create', video);
	const wait = (downloadVideo: boolean) =>
		chain('Wait', [runComfy(credential, 'waitForCompletion', { downloadVideo })], requests);
	const urls = requests.map(({ request_id }) => ({
		url: `${service.url}/files/${request_id}.mp4`,
	}));

	const prepared = {
		read: await n8n.addWorkflow(chain('Read', [files], clips)),
		create: await n8n.addWorkflow(chain('Create', [files, create], clips)),
		wait: await n8n.addWorkflow(wait(false)),
		download: await n8n.addWorkflow(wait(true)),
		httpUp: await n8n.addWorkflow(chain('HTTP', [files, httpUpload(service.url)], clips)),
		httpDown: await n8n.addWorkflow(chain('HTTP', [httpDownload], urls)),
	};
	const spent = async (name: keyof typeof prepared) => {
		const before = cpuSeconds(n8n.pid);
		await n8n.run(prepared[name]);
		const seconds = cpuSeconds(n8n.pid) - before;
		await n8n.removeFiles();
		return seconds;
	};
	// n8n loads what it needs when it is needed first.
	for (const name of Object.keys(prepared)) await spent(name as keyof typeof prepared);

	const [upGB, downGB] = [(UPLOADS * CLIP_BYTES) / GB, (DOWNLOADS * VIDEO_BYTES) / GB];
	const target = join(setup.folder, 'bare.mp4');
	const bareSeconds = async (way: Direction, heap: number) =>
		way === 'up'
			? (await bare('up', service.url + MODEL, clips[0].path, UPLOADS, heap)) / upGB
			: (await bare('down', urls[0].url, target, DOWNLOADS, heap)) / downGB;
	for (let round = 0; round < setup.runs; round++) {
		const read = await spent('read');
		addRows(rows, 'up', `${UPLOADS} × ${CLIP_BYTES / MB} MB`, {
			bare: await bareSeconds('up', 0),
			full: await bareSeconds('up', N8N_HEAP_MB),
			own: ((await spent('create')) - read) / upGB,
			http: ((await spent('httpUp')) - read) / upGB,
		});
		const idle = await spent('wait');
		addRows(rows, 'down', `${DOWNLOADS} × ${VIDEO_BYTES / MB} MB`, {
			bare: await bareSeconds('down', 0),
			full: await bareSeconds('down', N8N_HEAP_MB),
			own: ((await spent('download')) - idle) / downGB,
			http: ((await spent('httpDown')) - idle) / downGB,
		});
	}
	await n8n.stop();
	return rows.all;
}

type Direction = 'up' | 'down';

function addRows(
	rows: Rows,
	direction: Direction,
	work: string,
	seconds: Record<keyof typeof CONTENDERS, number>,
): void {
	const figure = `Processor time for 1 GB ${direction}`;
	for (const [key, contender] of Object.entries(CONTENDERS)) {
		const value = seconds[key as keyof typeof CONTENDERS];
		rows.add({ figure, work, contender, value, unit: 's' });
		if (key === 'bare') continue;
		const target = key === 'own' ? MOST_RATIO : undefined;
		const ratio = { work, contender, unit: '×', target };
		rows.add({ ...ratio, figure: `${figure} / bare script`, value: value / seconds.bare });
	}
}

async function bare(way: Direction, url: string, file: string, count: number, heap: number) {
	const args = [SCRIPT, way, url, file, String(count), String(heap)];
	return Number.parseFloat((await run(await ensureNode(), args)).stdout);
}

/** Requests that are finished already, so that a download is all there is to do. */
async function bought(url: string, count: number): Promise<Array<{ request_id: string }>> {
	return await Promise.all(
		times(count, async () => {
			const response = await fetch(url + MODEL, {
				method: 'POST',
				headers: { authorization: `Bearer ${DEFAULT_TOKEN}` },
				body: JSON.stringify({ prompt: 'At night' }),
			});
			return await response.json();
		}),
	);
}
