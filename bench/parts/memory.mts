import { generate, httpRequests, openAi, startRig, workSeconds, type Rig } from '../contenders.mts';
import { cpuSeconds, peakBytes } from '../measure.mts';
import type { BenchN8n } from '../n8n.mts';
import { Rows, type Row } from '../results.mts';
import { MB, clipItems, TINY_BYTES, type Setup } from './part.mts';

const JOB_SECONDS = 2;
/** Just under RunComfy's limit of 32 MiB for a reference video, so it cannot grow fourfold. */
const CLIP_BYTES = 30 * MB;
const VIDEO_BYTES = 200 * MB;
const MOST_MB = 100;
const MOST_MB_GROWN = 1.2 * MOST_MB;
/** The others are shown for comparison only, and are slow. */
const RUNS_OF_OTHERS = 2;

interface Case {
	count: number;
	clipBytes: number;
	/** Undefined: the simulator's clip of 78 kB. */
	videoBytes?: number;
	target?: number;
}

const TINY: Case = { count: 3, clipBytes: TINY_BYTES };
const LARGE: Case = { count: 3, clipBytes: CLIP_BYTES, videoBytes: VIDEO_BYTES };
const LARGER: Case = { ...LARGE, videoBytes: 4 * VIDEO_BYTES };

interface Used {
	peakMB: number;
	cpu: number;
	seconds: number;
}

/** The most memory n8n ever holds, over the same workflow with tiny files; a fresh process each time. */
export async function memory(setup: Setup): Promise<Row[]> {
	const rows = new Rows();
	const own = await fleet(generate, setup, [
		{ tiny: TINY, large: { ...LARGE, target: MOST_MB } },
		{ tiny: TINY, large: { ...LARGER, target: MOST_MB_GROWN } },
		{ tiny: { ...TINY, count: 30 }, large: { ...LARGE, count: 30, target: MOST_MB_GROWN } },
	]);
	const others = [
		await fleet(httpRequests, setup, [{ tiny: TINY, large: LARGE }]),
		await fleet(openAi, setup, [{ tiny: TINY, large: LARGE }]),
	];
	for (let run = 0; run < setup.runs; run++) {
		await own(rows);
		// Side by side: one of them does little but wait.
		if (run < RUNS_OF_OTHERS) await Promise.all(others.map((measureAll) => measureAll(rows)));
	}
	return rows.all.toSorted((a, b) => a.figure.localeCompare(b.figure));
}

/** Prepares all cases of a contender, and returns what measures each of them once. */
async function fleet(
	contender: typeof generate,
	setup: Setup,
	pairs: Array<{ tiny: Case; large: Case }>,
): Promise<(rows: Rows) => Promise<void>> {
	const rigs = new Map<number | undefined, Rig>();
	let n8n: BenchN8n | undefined;
	for (const { videoBytes } of pairs.flatMap(({ tiny, large }) => [tiny, large])) {
		if (rigs.has(videoBytes)) continue;
		const service = { runMs: JOB_SECONDS * 1000, fileBytes: videoBytes };
		const rig = await startRig(contender, setup, service, n8n);
		rigs.set(videoBytes, rig);
		n8n = rig.n8n;
	}
	const prepared = new Map<Case, string>();
	for (const work of new Set(pairs.flatMap(({ tiny, large }) => [tiny, large]))) {
		const items = await clipItems(setup.folder, work.count, work.clipBytes);
		prepared.set(work, await rigs.get(work.videoBytes)!.prepare(items));
	}
	await n8n?.stop();
	return async (rows) => {
		const used = new Map<Case, Used>();
		for (const [work, workflowId] of prepared)
			used.set(work, await measure(rigs.get(work.videoBytes)!, workflowId));
		for (const { tiny, large } of pairs)
			addRows(rows, contender.name, large, used.get(large)!, used.get(tiny)!);
	};
}

async function measure({ n8n }: Rig, workflowId: string): Promise<Used> {
	await n8n.restart();
	const before = cpuSeconds(n8n.pid);
	const execution = await n8n.run(workflowId);
	const used = {
		peakMB: peakBytes(n8n.pid) / MB,
		cpu: cpuSeconds(n8n.pid) - before,
		seconds: workSeconds(execution),
	};
	await n8n.stop();
	await n8n.removeFiles();
	return used;
}

function addRows(rows: Rows, contender: string, work: Case, large: Used, tiny: Used): void {
	const { count, clipBytes, videoBytes = 0, target } = work;
	const files = `${count} × ${clipBytes / MB} MB in, ${count} × ${videoBytes / MB} MB out`;
	const common = { work: files, contender };
	const isFirst = count === 3 && videoBytes === VIDEO_BYTES;
	const add = (figure: string, unit: string, value: number, more: Partial<Row> = {}) =>
		rows.add({ ...common, figure, unit, value, ...more });
	add('Peak memory over the same with tiny files', 'MB', large.peakMB - tiny.peakMB, {
		target,
		panel: isFirst ? `MB of memory for ${files}` : undefined,
	});
	add('Peak memory, all of n8n', 'MB', large.peakMB);
	add('Peak memory, all of n8n, tiny files', 'MB', tiny.peakMB);
	add('Processor time over the same with tiny files', 's', large.cpu - tiny.cpu);
	add(`Wall time, jobs of ${JOB_SECONDS} s`, 's', large.seconds, {
		panel: isFirst ? `Seconds for them, jobs of ${JOB_SECONDS} s` : undefined,
	});
}
