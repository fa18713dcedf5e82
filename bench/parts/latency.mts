import { connectSimulator } from '../../test/simulator/index.mts';
import type { Execution } from '../../test/support/n8n/server.mts';
import { generate, httpRequests, openAi, startRig, type Rig } from '../contenders.mts';
import { quantile } from '../measure.mts';
import type { Row } from '../results.mts';
import { clipItems, times, TINY_BYTES, type Setup } from './part.mts';

const JOBS = 20;
const SHORTEST_MS = 4_000;
/** 20 jobs end over ten seconds, at all points of the 2, 5 and 10 s in which the contenders look. */
const STEP_MS = 530;
const MEDIAN_SECONDS = 1.2;
const MOST_SECONDS = 2.5;

/** How long a finished video waits for the next node: single jobs, twenty executions at a time. */
export async function latency(setup: Setup): Promise<Row[]> {
	const clip = await clipItems(setup.folder, 1, TINY_BYTES);
	const rigs: Rig[] = [];
	for (const contender of [generate, httpRequests, openAi])
		rigs.push(await startRig(contender, setup, { runMs: SHORTEST_MS }));
	const seconds = new Map<Rig, number[]>(rigs.map((rig) => [rig, []]));
	const workflows = await Promise.all(rigs.map(({ prepare }) => prepare(clip)));
	for (let run = 0; run < setup.runs; run++) {
		await Promise.all(
			rigs.map(async (rig, index) => {
				await setJobTimes(rig);
				const executions = await Promise.all(times(JOBS, () => rig.n8n.run(workflows[index])));
				const ends = await jobEnds(rig, executions);
				const waits = executions.map(({ runs }, at) => runs.Done[0].startTime - ends[at]);
				seconds.get(rig)!.push(...waits.map((ms) => ms / 1000));
			}),
		);
	}
	const figure = 'From the end of the job to the next node';
	const work = `${JOBS * setup.runs} single jobs`;
	return rigs.flatMap((rig): Row[] => {
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
}

async function setJobTimes({ contender, service }: Rig): Promise<void> {
	const all = times(JOBS, (index) => SHORTEST_MS + index * STEP_MS);
	if (contender.service === 'videos') {
		await fetch(`${service.url}/_simulator/times`, { method: 'POST', body: JSON.stringify(all) });
		return;
	}
	const simulator = connectSimulator(service.url);
	await simulator.reset();
	await simulator.planJobs(...all.map((runMs, index) => ({ nth: index + 1, runMs })));
}

/** When the job of each execution ended, in Unix milliseconds, by the service's own clock. */
async function jobEnds({ contender, service }: Rig, executions: Execution[]): Promise<number[]> {
	if (contender.service === 'videos') {
		const response = await fetch(`${service.url}/_simulator/jobs`);
		const jobs: Array<{ prompt: string; endsAtMs: number }> = await response.json();
		return executions.map(({ id }) => jobs.find(({ prompt }) => prompt === id)!.endsAtMs);
	}
	return executions.map(({ runs }) => {
		const { json } = (runs.Result ?? runs.generate).at(-1)!.data!.main[0]![0];
		return Date.parse(json.finished_at);
	});
}
