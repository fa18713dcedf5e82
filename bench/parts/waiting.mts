import { setTimeout as sleep } from 'node:timers/promises';
import { stop } from '../../scripts/runtime/process.mjs';
import { connectSimulator } from '../../simulator/index.mts';
import type { Credential, Node } from '../../test/support/n8n/workflow.mts';
import { until } from '../../test/support/until.mts';
import { chain, generate, runComfy, startRig, type Rig } from '../contenders.mts';
import { Inspector } from '../inspector.mts';
import { connectionsTo, cpuSeconds, residentBytes } from '../measure.mts';
import { Rows, type Row } from '../results.mts';
import { KB, MB, times, type Setup } from './part.mts';

/** Longer than all of this. */
const JOB_MS = 6 * 3_600_000;
const LOOK_MS = 250;
const WINDOW_MS = 60_000;
/** At a read every 105 ms, a thousand items are looked at once in 105 s. */
const MOST_MINUTES = 10;

interface Case {
	contender: string;
	work: string;
	/** Executions, and items of each. */
	executions: number;
	items: number;
	/** The last one holds everything up. */
	nodes: (credential: Credential, url: string) => Node[];
	/** Whether n8n puts the executions aside while they wait. */
	inDatabase?: true;
}

const video = {
	prompt: 'Figure 1 waves',
	referenceImages: { image: [{ source: 'url', url: 'https://example.com/character.jpg' }] },
	options: { skipChecks: ['links'] },
};
const inProcess = (credential: Credential) => [runComfy(credential, 'generate', video)];
const anHour: Node = {
	name: 'Pause',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { resume: 'timeInterval', amount: 1, unit: 'hours' },
};

/** What a running execution costs n8n, whatever it waits for. */
const silence = (url: string): Node => ({
	name: 'Silence',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
	parameters: { url: `${url}/silence`, options: { timeout: JOB_MS } },
});

const GENERATE = { contender: generate.name, nodes: inProcess };
const HUNDRED = { work: '100 executions of one item', executions: 100, items: 1 };

const CASES: Case[] = [
	{ ...GENERATE, work: '1 item', executions: 1, items: 1 },
	{ ...GENERATE, work: '100 items of one execution', executions: 1, items: 100 },
	{ ...GENERATE, work: '1000 items of one execution', executions: 1, items: 1000 },
	{ ...GENERATE, ...HUNDRED },
	{
		...HUNDRED,
		contender: "this node: Create, then n8n's Wait",
		nodes: (credential) => [runComfy(credential, 'create', video), anHour],
		inDatabase: true,
	},
	{
		...HUNDRED,
		contender: 'HTTP Request without an answer',
		nodes: (_, url) => [silence(url)],
	},
];

/** What an item costs n8n while its video is being made. */
export async function waiting(setup: Setup): Promise<Row[]> {
	const rows = new Rows();
	for (let run = 0; run < setup.runs; run++) {
		for (const work of CASES) {
			const workflow = (credential: Credential, items: object[], url: string) =>
				chain(work.work, work.nodes(credential, url), items);
			const rig = await startRig({ ...generate, workflow }, setup, { runMs: JOB_MS });
			await measure(rows, rig, work);
			await rig.n8n.kill();
			await stop(rig.service.child);
		}
	}
	return rows.all;
}

async function measure(
	rows: Rows,
	rig: Rig,
	{ contender, work, executions, items, inDatabase }: Case,
) {
	const { n8n, service } = rig;
	const simulator = connectSimulator(service.url);
	await warmUp(rig);
	const workflowId = await rig.prepare(times(items, () => ({})));
	const inspector = await Inspector.open(n8n);
	const before = { used: await inspector.usedBytes(), resident: residentBytes(n8n.pid) };
	await Promise.all(times(executions, () => n8n.startRun(workflowId)));
	const looks = async () =>
		(await simulator.log()).filter(({ kind }) => kind === 'status' || kind === 'unknown');
	const count = executions * items;
	const areWaiting = async () => {
		if (inDatabase) return n8n.count('waiting') === executions;
		return new Set((await looks()).map(({ requestId, n }) => requestId ?? n)).size === count;
	};
	await until('all items wait', areWaiting, { minutes: MOST_MINUTES, everyMs: 1000 });

	const [startMs, cpuBefore] = [Date.now(), cpuSeconds(n8n.pid)];
	const port = Number(new URL(service.url).port);
	let connections = 0;
	while (Date.now() < startMs + WINDOW_MS) {
		connections = Math.max(connections, connectionsTo(port, n8n.pid));
		await sleep(LOOK_MS);
	}
	const seconds = (Date.now() - startMs) / 1000;
	const cpu = cpuSeconds(n8n.pid) - cpuBefore;
	const reads = (await looks()).filter(({ atMs }) => atMs >= startMs).length;
	const used = (await inspector.usedBytes()) - before.used;
	const resident = residentBytes(n8n.pid);

	const add = (figure: string, unit: string, value: number) =>
		rows.add({ figure, work, contender, unit, value });
	add('JavaScript memory per waiting item', 'kB', used / count / KB);
	add('Memory over n8n at rest', 'MB', (resident - before.resident) / MB);
	add('Memory, all of n8n', 'MB', resident / MB);
	add('Connections to RunComfy, most at a time', '', connections);
	add('Status reads a second', '', reads / seconds);
	if (reads) add('Between two looks at an item', 's', (count * seconds) / reads);
	add('Processor time a minute', 's', (cpu * 60) / seconds);
}

/** Loads all that only the first video needs. */
async function warmUp({ n8n, service, credential }: Rig): Promise<void> {
	const simulator = connectSimulator(service.url);
	await simulator.planJobs({ runMs: 0 });
	await n8n.run(await n8n.addWorkflow(chain('Warm-up', inProcess(credential), [{}])));
	await simulator.reset();
	await simulator.addFaults({ on: 'unknown', hang: true, times: -1 });
}
