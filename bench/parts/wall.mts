import { setTimeout as sleep } from 'node:timers/promises';
import { connectSimulator } from '../../simulator/index.mts';
import type { LoggedRequest } from '../../simulator/index.mts';
import type { Execution } from '../../test/support/n8n/server.mts';
import {
	createAndWait,
	generate,
	httpRequests,
	openAi,
	startRig,
	workSeconds,
	type Rig,
} from '../contenders.mts';
import { Rows, type Row } from '../results.mts';
import { clipItems, TINY_BYTES, type Setup } from './part.mts';

const JOB_SECONDS = 15;
const COUNTS = [1, 5, 20, 100];
const STAGGER_MS = 5_000;
/** Targets for this node, by number of jobs; at 100 the limit of 30 status reads a second shows. */
const MOST: Record<number, number> = { 1: 1.1, 5: 1.12, 20: 1.12, 100: 1.25 };
export const MOST_READS_PER_SECOND = 30;
const MOST_READS_PER_JOB: Record<number, number> = { 1: 9, 5: 9, 20: 8.2, 100: 2.5 };
/** From the end of the last job to the next node; a hundred looks take 3.5 s at the fastest pace. */
const MOST_SECONDS_AFTER: Record<number, number> = { 1: 2.5, 5: 2.5, 20: 2.5, 100: 3.5 };
const MOST_READS_PER_SECOND_ALONE = 0.5;
/** The OpenAI operation takes its items one after another, so more of them are no news. */
const COUNTS_ONE_BY_ONE = [1, 5];

/** How long N jobs take that each take 15 s, and how often the service is asked meanwhile. */
export async function wall(setup: Setup): Promise<Row[]> {
	const rows = new Rows();
	const clips = await clipItems(setup.folder, Math.max(...COUNTS), TINY_BYTES);
	const service = { runMs: JOB_SECONDS * 1000 };
	const rig = (contender: typeof generate) => startRig(contender, setup, service);
	const own = [await rig(generate), await rig(createAndWait)];
	const others = [await rig(httpRequests)];
	const slow = await rig(openAi);
	for (const count of COUNTS) {
		const row = { figure: 'Wall time / job time', work: jobs(count), unit: '×' };
		rows.add({ ...row, contender: 'the job itself', value: 1, ...picture(count) });
	}
	const oneByOne = measureOneByOne(slow, clips);
	for (let run = 0; run < setup.runs; run++) {
		for (const count of COUNTS) {
			// Side by side, so that a slow moment of the machine hits all of them; but not all at their
			// beginning and their end at once, where the work is.
			await Promise.all(
				[...own, ...others].map(async (rig, index) => {
					const isOwn = own.includes(rig);
					await sleep(index * STAGGER_MS);
					for (const row of await measure(rig, clips.slice(0, count), isOwn)) rows.add(row);
				}),
			);
		}
	}
	for (const row of await oneByOne) rows.add(row);
	return rows.all.toSorted((a, b) => order(a) - order(b));
}

const jobs = (count: number) => `${count} ${count === 1 ? 'job' : 'jobs'} of ${JOB_SECONDS} s`;
/** The picture shows seconds. */
const picture = (count: number) =>
	count === 20 ? { panel: `Seconds for ${jobs(20)}`, scale: JOB_SECONDS } : {};
const order = ({ figure, work }: Row) =>
	(figure.startsWith('Wall') ? 0 : 1000) + Number.parseInt(work);

async function measure({ contender, service, n8n, prepare }: Rig, clips: object[], isOwn: boolean) {
	const count = clips.length;
	const simulator = connectSimulator(service.url);
	await simulator.reset();
	const execution = await n8n.run(await prepare(clips));
	const reads = (await simulator.log()).filter(({ kind }) => kind === 'status');
	const common = { work: jobs(count), contender: contender.name };
	const alone = count === 1;
	const endMs = Math.max(...jobEnds(execution));
	return [
		{
			...common,
			figure: 'Wall time / job time',
			unit: '×',
			value: workSeconds(execution) / JOB_SECONDS,
			target: isOwn ? MOST[count] : undefined,
			...picture(count),
		},
		{
			...common,
			figure: alone
				? 'Status reads per second, first to last'
				: 'Status reads in the busiest second',
			unit: '/s',
			value: alone ? meanRate(reads) : busiestSecond(reads),
			target: !isOwn ? undefined : alone ? MOST_READS_PER_SECOND_ALONE : MOST_READS_PER_SECOND,
		},
		{
			...common,
			figure: 'Status reads per job',
			unit: '',
			value: reads.length / count,
			target: isOwn ? MOST_READS_PER_JOB[count] : undefined,
		},
		{
			...common,
			figure: 'From the end of the last job to the next node',
			unit: 's',
			value: (execution.runs.Done.at(-1)!.startTime - endMs) / 1000,
			target: isOwn ? MOST_SECONDS_AFTER[count] : undefined,
		},
	];
}

/** When the jobs of an execution ended, in Unix milliseconds, by the service's own clock. */
export function jobEnds({ runs }: Execution): number[] {
	const results = runs.Result ?? runs.waitForCompletion ?? runs.generate;
	const items = results.flatMap(({ data }) => data?.main[0] ?? []);
	return items.map(({ json }) => Date.parse(String(json.finished_at))).filter(Number.isFinite);
}

export function busiestSecond(reads: LoggedRequest[]): number {
	const at = reads.map(({ atMs }) => atMs).sort((a, b) => a - b);
	return Math.max(...at.map((start, index) => at.filter((ms) => ms < start + 1000).length - index));
}

function meanRate(reads: LoggedRequest[]): number {
	return (reads.length - 1) / ((reads.at(-1)!.atMs - reads[0].atMs) / 1000);
}

async function measureOneByOne({ contender, n8n, prepare }: Rig, clips: object[]) {
	const common = {
		figure: 'Wall time / job time',
		contender: contender.name,
		unit: '×',
	};
	const measured = await Promise.all(
		COUNTS_ONE_BY_ONE.map(async (count) => {
			const execution = await n8n.run(await prepare(clips.slice(0, count)));
			const value = workSeconds(execution) / JOB_SECONDS;
			return { ...common, work: jobs(count), value, note: 'one run' };
		}),
	);
	const [most, { value }] = [COUNTS_ONE_BY_ONE.at(-1)!, measured.at(-1)!];
	const extrapolated = COUNTS.filter((count) => count > most).map((count) => ({
		...common,
		work: jobs(count),
		value: (value * count) / most,
		note: `extrapolated from ${most}`,
		...picture(count),
	}));
	return [...measured, ...extrapolated];
}
