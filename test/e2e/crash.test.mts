import type { Job } from '../../simulator/index.mts';
import type { Execution } from '../support/n8n/server.mts';
import { startSession } from '../support/n8n/session.mts';
import type { Session } from '../support/n8n/session.mts';
import { until } from '../support/until.mts';
import { nothing, runComfy, webhook, workflow } from '../support/n8n/workflow.mts';
import type { Node } from '../support/n8n/workflow.mts';

/** A workflow that is in the middle of its work when n8n is killed, and what becomes of it. */
interface Scenario {
	/** What stands between the trigger and the last node. */
	nodes: (session: Session) => Node[];
	saveExecutionProgress: boolean;
	/** State after n8n has started again. */
	status: 'crashed' | 'waiting';
	/** Whether the saved execution still holds the request id. */
	keepsId: boolean;
	/** Videos that going on with the execution buys. */
	buysAgain: 0 | 1;
}

const prompt = '={{ $workflow.name }}';
const create = ({ credential }: Session) =>
	runComfy('create', credential, { parameters: { prompt } });
const fetchWith = ({ credential }: Session, requestId: string) =>
	runComfy('waitForCompletion', credential, { name: 'Fetch', parameters: { requestId } });

const generate = ({ credential }: Session) => [
	runComfy('generate', credential, { parameters: { prompt } }),
];
const createAndWait = (session: Session) => [
	create(session),
	fetchWith(session, '={{ $json.request_id }}'),
];
const createPauseAndWait = (session: Session): Node[] => [
	{
		name: 'Note',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { mode: 'raw', jsonOutput: '={{ { resume_url: $execution.resumeUrl } }}' },
	},
	create(session),
	{
		name: 'Pause',
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		parameters: { resume: 'webhook', httpMethod: 'POST' },
	},
	fetchWith(session, "={{ $('RunComfy').item.json.request_id }}"),
];

const SCENARIOS: Record<string, Scenario> = {
	'Generate, progress saved': {
		nodes: generate,
		saveExecutionProgress: true,
		status: 'crashed',
		keepsId: false,
		buysAgain: 1,
	},
	'Generate, progress not saved': {
		nodes: generate,
		saveExecutionProgress: false,
		status: 'crashed',
		keepsId: false,
		buysAgain: 1,
	},
	'Create and Wait for Completion, progress saved': {
		nodes: createAndWait,
		saveExecutionProgress: true,
		status: 'crashed',
		keepsId: true,
		buysAgain: 0,
	},
	'Create and Wait for Completion, progress not saved': {
		nodes: createAndWait,
		saveExecutionProgress: false,
		status: 'crashed',
		keepsId: false,
		buysAgain: 1,
	},
	"n8n's Wait between the two, progress saved": {
		nodes: createPauseAndWait,
		saveExecutionProgress: true,
		status: 'waiting',
		keepsId: true,
		buysAgain: 0,
	},
	"n8n's Wait between the two, progress not saved": {
		nodes: createPauseAndWait,
		saveExecutionProgress: false,
		status: 'waiting',
		keepsId: true,
		buysAgain: 0,
	},
};

interface Started {
	executionId: string;
	job: Job;
}

let session: Session;
let logAtDeath: string;
const started: Record<string, Started> = {};

beforeAll(async () => {
	session = await startSession({ queueMs: 0, runMs: 3_600_000 });
	const { n8n, simulator } = session;
	const names = Object.keys(SCENARIOS);
	for (const [index, name] of names.entries()) {
		const { nodes, saveExecutionProgress } = SCENARIOS[name];
		const chain = [webhook(`crash-${index}`), ...nodes(session), nothing('Done')];
		const settings = { saveExecutionProgress };
		const workflowId = await n8n.addWorkflow(workflow(name, chain, { settings }));
		await n8n.publishAndCall(workflowId, `crash-${index}`);
		await until(`${name} buys`, () => simulator.jobs.size > index);
		const [executionId] = await n8n.executionIds(workflowId);
		started[name] = { executionId, job: [...simulator.jobs.values()][index] };
		expect(started[name].job.body.prompt).toBe(name);
		const { status } = SCENARIOS[name];
		const isThere = status === 'waiting' ? () => isWaiting(executionId) : () => isPolled(name);
		await until(`${name} waits`, isThere);
	}
	await n8n.kill();
	logAtDeath = await n8n.log();
	await n8n.restart();
});

afterAll(async () => await session?.end());

const isWaiting = async (executionId: string) =>
	(await session.n8n.execution(executionId)).status === 'waiting';

const isPolled = (name: string) =>
	session.simulator.log.some(
		({ kind, requestId }) => kind === 'status' && requestId === started[name].job.requestId,
	);

/** What a user can do: retry a crashed execution, or let a waiting one go on. */
async function goOn({ id, workflowId, status, outputs }: Execution): Promise<Execution> {
	const { n8n } = session;
	if (status === 'crashed') {
		const path = `/rest/executions/${id}/retry`;
		await n8n.rest('POST', path, { loadWorkflow: false });
		// 1.100.1 does not answer with the ID of the retry.
		const [retry] = await until('it is retried', async () => {
			const ids = await n8n.executionIds(workflowId);
			return ids.length > 1 ? ids : undefined;
		});
		return await n8n.finished(retry);
	}
	const response = await fetch(outputs.Note[0][0].json.resume_url, { method: 'POST' });
	expect(response.status).toBe(200);
	return await n8n.finished(id);
}

for (const [name, { status, keepsId, buysAgain }] of Object.entries(SCENARIOS)) {
	const outcome = buysAgain ? 'buys again' : 'resumes for nothing';

	test(`kill -9 in ${name}: what goes on afterwards ${outcome}`, async () => {
		const { n8n, simulator } = session;
		const { executionId, job } = started[name];
		const { requestId } = job;
		expect(logAtDeath).toContain(`RunComfy: bought request ${requestId}`);

		// n8n itself runs nothing again.
		await until(status, async () => (await n8n.execution(executionId)).status === status);
		const left = await n8n.execution(executionId);
		expect(left.text.includes(requestId)).toBe(keepsId);
		expect([...simulator.jobs.values()].filter(isOf(name))).toHaveLength(1);

		job.plan.runMs = 0;
		simulator.planJobs({ runMs: 0 });
		const { status: end, outputs } = await goOn(left);
		expect(end).toBe('success');
		const jobs = [...simulator.jobs.values()].filter(isOf(name));
		expect(jobs.length).toBe(1 + buysAgain);
		expect(outputs.Done[0][0].json.request_id).toBe(jobs.at(-1)!.requestId);
	});
}

const isOf =
	(name: string) =>
	({ body }: Job) =>
		body.prompt === name;
