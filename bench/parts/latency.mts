import { connectSimulator } from '../../simulator/index.mts';
import type { Execution } from '../../test/support/n8n/server.mts';
import { generate, httpRequests, openAi, startRig, workSeconds, type Rig } from '../contenders.mts';
import { quantile } from '../measure.mts';
import { Rows, type Row } from '../results.mts';
import { clipItems, times, TINY_BYTES, type Setup } from './part.mts';
import { busiestSecond, jobEnds, MOST_READS_PER_SECOND } from './wall.mts';

const SHORTEST_MS = 4_000;
/** They end over ten seconds, at all points of the 2, 5 and 10 s in which the contenders look. */
const STEP_MS = 530;
/** Ten at a time: more of them would share the pace, which the hundred below are for. */
const JOBS = 10;
const ROUNDS = 2;
const MEDIAN_SECONDS = 1.0;
const MOST_SECONDS = 2.5;

const MANY = 100;
const MANY_JOB_SECONDS = 15;
const MANY_TIMES = 1.3;
const MANY_MEDIAN_SECONDS = 2.5;

const figure = 'From the end of the job to the next node';

/** How long a finished video waits for the next node: single jobs, ten executions at a time. */
export async function latency(setup: Setup): Promise<Row[]> {
	const clip = await clipItems(setup.folder, 1, TINY_BYTES);
	const rigs: Rig[] = [];
	for (const contender of [generate, httpRequests, openAi])
		rigs.push(await startRig(contender, setup, { runMs: SHORTEST_MS }));
	const seconds = new Map<Rig, number[]>(rigs.map((rig) => [rig, []]));
	const workflows = await Promise.all(rigs.map(({ prepare }) => prepare(clip)));
	for (let round = 0; round < setup.runs * ROUNDS; round++) {
		await Promise.all(
			rigs.map(async (rig, index) => {
				await setJobTimes(rig, round % ROUNDS);
				const executions = await Promise.all(times(JOBS, () => rig.n8n.run(workflows[index])));
				const ends = await endsOf(rig, executions);
				const waits = executions.map(({ runs }, at) => runs.Done[0].startTime - ends[at]);
				seconds.get(rig)!.push(...waits.map((ms) => ms / 1000));
			}),
		);
	}
	const many = await manyExecutions(setup, clip);
	const work = `${JOBS * ROUNDS * setup.runs} single jobs`;
	const few = rigs.flatMap((rig): Row[] => {
		const { name } = rig.contender;
		const isOwn = rig.contender === generate;
		const values = seconds.get(rig)!;
		const row = { work, contender: name, unit: 's' };
		return [
			{
				...row,
				figure: `${figure}: median`,
				values,
				target: isOwn ? MEDIAN_SECONDS : undefined,
				panel: 'Seconds from a finished job to the next node',
			},
			{
				...row,
				figure: `${figure}: 95 %`,
				values: [quantile(values, 0.95)],
				target: isOwn ? MOST_SECONDS : undefined,
			},
		];
	});
	return [...few, ...many];
}

/** What becomes of executions that share the reads of their process. */
async function manyExecutions(setup: Setup, clip: object[]): Promise<Row[]> {
	const rows = new Rows();
	const { contender, n8n, service, prepare } = await startRig(generate, setup, {
		runMs: MANY_JOB_SECONDS * 1000,
	});
	const simulator = connectSimulator(service.url);
	const workflow = await prepare(clip);
	const common = { work: `${MANY} executions of one item`, contender: contender.name };
	for (let run = 0; run < setup.runs; run++) {
		await simulator.reset();
		const executions = await Promise.all(times(MANY, () => n8n.run(workflow)));
		const reads = (await simulator.log()).filter(({ kind }) => kind === 'status');
		const waits = executions.map(
			(execution) => (execution.runs.Done[0].startTime - jobEnds(execution)[0]) / 1000,
		);
		const add = (figure: string, unit: string, value: number, target?: number) =>
			rows.add({ ...common, figure, unit, value, target });
		const seconds = quantile(executions.map(workSeconds), 0.95);
		add('Wall time / job time: 95 %', '×', seconds / MANY_JOB_SECONDS, MANY_TIMES);
		add(`${figure}: median`, 's', quantile(waits, 0.5), MANY_MEDIAN_SECONDS);
		add('Status reads in the busiest second', '/s', busiestSecond(reads), MOST_READS_PER_SECOND);
		add('Status reads per job', '', reads.length / MANY);
	}
	return rows.all;
}

async function setJobTimes({ contender, service }: Rig, round: number): Promise<void> {
	const all = times(JOBS, (index) => SHORTEST_MS + (index * ROUNDS + round) * STEP_MS);
	if (contender.service === 'videos') {
		await fetch(`${service.url}/_simulator/times`, { method: 'POST', body: JSON.stringify(all) });
		return;
	}
	const simulator = connectSimulator(service.url);
	await simulator.reset();
	await simulator.planJobs(...all.map((runMs, index) => ({ nth: index + 1, runMs })));
}

/** When the job of each execution ended, in Unix milliseconds, by the service's own clock. */
async function endsOf({ contender, service }: Rig, executions: Execution[]): Promise<number[]> {
	if (contender.service === 'videos') {
		const response = await fetch(`${service.url}/_simulator/jobs`);
		const jobs: Array<{ prompt: string; endsAtMs: number }> = await response.json();
		return executions.map(({ id }) => jobs.find(({ prompt }) => prompt === id)!.endsAtMs);
	}
	return executions.map((execution) => jobEnds(execution)[0]);
}
