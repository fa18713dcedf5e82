import { setTimeout as sleep } from 'node:timers/promises';
import {
	generate,
	generateFromLinks,
	httpRequests,
	openAi,
	startRig,
	workSeconds,
} from '../contenders.mts';
import type { Contender, Rig } from '../contenders.mts';
import { cpuSeconds, forgetPeak, peakBytes } from '../measure.mts';
import { Rows, type Row } from '../results.mts';
import { clipItems, MB, TINY_BYTES, type Setup } from './part.mts';

const JOB_SECONDS = 2;
/** Just under RunComfy's limit of 32 MiB for a reference video, so it cannot grow fourfold. */
const CLIP_BYTES = 30 * MB;
const VIDEO_BYTES = 200 * MB;
const MOST_MB = 100;
const MOST_MB_GROWN = 1.2 * MOST_MB;
/** The others are shown for comparison only, and are slow. */
const RUNS_OF_OTHERS = 2;
/** n8n's start takes 725 MB, of which 430 MB are left 21 s later: nothing could be seen before that. */
const START_MS = 25_000;

interface Case {
	count: number;
	clipBytes: number;
	/** Undefined: the simulator's clip of 78 kB. */
	videoBytes?: number;
	target?: number;
}

interface Pair {
	tiny: Case;
	large: Case;
}

const TINY: Case = { count: 3, clipBytes: TINY_BYTES };
const LARGE: Case = { count: 3, clipBytes: CLIP_BYTES, videoBytes: VIDEO_BYTES };
const COMPARED: Pair[] = [{ tiny: TINY, large: LARGE }];
const LINKED: Pair[] = [{ tiny: TINY, large: { ...LARGE, target: MOST_MB } }];
const OWN: Pair[] = [
	{ tiny: TINY, large: { ...LARGE, target: MOST_MB } },
	{ tiny: TINY, large: { ...LARGE, videoBytes: 4 * VIDEO_BYTES, target: MOST_MB_GROWN } },
	{ tiny: { ...TINY, count: 30 }, large: { ...LARGE, count: 30, target: MOST_MB_GROWN } },
];

interface Prepared {
	rig: Rig;
	workflowId: string;
}

interface Used {
	peakMB: number;
	cpu: number;
	seconds: number;
}

/** The most memory n8n holds, over the same workflow with tiny files; a fresh process each time. */
export async function memory(setup: Setup): Promise<Row[]> {
	const rows = new Rows();
	const own = await prepare(generate, setup, OWN);
	const links = await prepare(generateFromLinks, setup, LINKED);
	const chain = await prepare(httpRequests, setup, COMPARED);
	const videos = await prepare(openAi, setup, COMPARED);
	for (let run = 0; run < setup.runs; run++) {
		const others = run < RUNS_OF_OTHERS ? [chain, videos] : [];
		// All start together, since each has to rest after that.
		const all = [own, links, ...others].flatMap((prepared) => [...prepared.values()]);
		await Promise.all(all.map(({ rig }) => rig.n8n.restart()));
		await sleep(START_MS);
		addRows(rows, generate, OWN, await measureAll(own));
		addRows(rows, generateFromLinks, LINKED, await measureAll(links));
		// Side by side: one of them does little but wait.
		const measured = await Promise.all(others.map(measureAll));
		const contenders = [httpRequests, openAi];
		measured.forEach((used, index) => addRows(rows, contenders[index], COMPARED, used));
	}
	return rows.all.toSorted((a, b) => a.figure.localeCompare(b.figure));
}

/** Every case gets an n8n of its own, with one workflow in it. */
async function prepare(
	contender: Contender,
	setup: Setup,
	pairs: Pair[],
): Promise<Map<Case, Prepared>> {
	const prepared = new Map<Case, Prepared>();
	for (const work of new Set(pairs.flatMap(({ tiny, large }) => [tiny, large]))) {
		const service = { runMs: JOB_SECONDS * 1000, fileBytes: work.videoBytes };
		const rig = await startRig(contender, setup, service);
		const clips = await clipItems(setup.folder, work.count, work.clipBytes);
		prepared.set(work, { rig, workflowId: await rig.prepare(clips) });
		await rig.n8n.terminate();
	}
	return prepared;
}

async function measureAll(prepared: Map<Case, Prepared>): Promise<Map<Case, Used>> {
	const used = new Map<Case, Used>();
	for (const [work, { rig, workflowId }] of prepared)
		used.set(work, await measure(rig, workflowId));
	return used;
}

async function measure({ n8n }: Rig, workflowId: string): Promise<Used> {
	const before = cpuSeconds(n8n.pid);
	forgetPeak(n8n.pid);
	const execution = await n8n.run(workflowId);
	const used = {
		peakMB: peakBytes(n8n.pid) / MB,
		cpu: cpuSeconds(n8n.pid) - before,
		seconds: workSeconds(execution),
	};
	await n8n.terminate();
	await n8n.removeFiles();
	return used;
}

function addRows(rows: Rows, { name }: Contender, pairs: Pair[], used: Map<Case, Used>): void {
	for (const { tiny, large } of pairs) {
		const { count, clipBytes, videoBytes = 0, target } = large;
		const files = `${count} × ${clipBytes / MB} MB in, ${count} × ${videoBytes / MB} MB out`;
		const isFirst = large.count === LARGE.count && videoBytes === VIDEO_BYTES;
		const [most, least] = [used.get(large)!, used.get(tiny)!];
		const add = (figure: string, unit: string, value: number, more: Partial<Row> = {}) =>
			rows.add({ figure, work: files, contender: name, unit, value, ...more });
		add('Peak memory over the same with tiny files', 'MB', most.peakMB - least.peakMB, {
			target,
			panel: isFirst ? `MB of memory for ${files}` : undefined,
		});
		add('Peak memory, all of n8n', 'MB', most.peakMB);
		add('Peak memory, all of n8n, tiny files', 'MB', least.peakMB);
		add('Processor time over the same with tiny files', 's', most.cpu - least.cpu);
		add(`Wall time, jobs of ${JOB_SECONDS} s`, 's', most.seconds, {
			panel: isFirst ? `Seconds for them, jobs of ${JOB_SECONDS} s` : undefined,
		});
	}
}
