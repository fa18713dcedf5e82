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
const UPLOADS = 20;
const DOWNLOADS = 5;
const MOST_RATIO = 1.5;
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
		http: await n8n.addWorkflow(chain('HTTP', [httpDownload], urls)),
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
	for (let round = 0; round < setup.runs; round++) {
		const bareUp = (await bare('up', service.url + MODEL, clips[0].path, UPLOADS)) / upGB;
		const up = ((await spent('create')) - (await spent('read'))) / upGB;
		addRows(rows, 'up', `${UPLOADS} × ${CLIP_BYTES / MB} MB`, { bare: bareUp, own: up });

		const bareDown = (await bare('down', urls[0].url, target, DOWNLOADS)) / downGB;
		const idle = await spent('wait');
		const down = ((await spent('download')) - idle) / downGB;
		const http = ((await spent('http')) - idle) / downGB;
		const work = `${DOWNLOADS} × ${VIDEO_BYTES / MB} MB`;
		addRows(rows, 'down', work, { bare: bareDown, own: down, http });
	}
	await n8n.stop();
	return rows.all;
}

function addRows(
	rows: Rows,
	direction: 'up' | 'down',
	work: string,
	{ bare, own, http }: { bare: number; own: number; http?: number },
): void {
	const common = { figure: `Processor time for 1 GB ${direction}`, work, unit: 's' };
	const ratio = { ...common, figure: `${common.figure} / bare script`, unit: '×' };
	const HTTP = "n8n's HTTP Request node";
	rows.add({ ...common, contender: 'bare script', value: bare });
	rows.add({ ...common, contender: 'this node', value: own });
	if (http !== undefined) rows.add({ ...common, contender: HTTP, value: http });
	rows.add({ ...ratio, contender: 'this node', value: own / bare, target: MOST_RATIO });
	if (http !== undefined) rows.add({ ...ratio, contender: HTTP, value: http / bare });
}

async function bare(direction: 'up' | 'down', url: string, file: string, count: number) {
	const args = [SCRIPT, direction, url, file, String(count)];
	return Number((await run(await ensureNode(), args)).stdout);
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
