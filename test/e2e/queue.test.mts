import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { startSimulator } from '../../simulator/index.mts';
import type { LoggedRequest, Simulator } from '../../simulator/index.mts';
import { McpClient } from './mcp.mts';
import { Rows, TRIGGER } from './examples/rows.mts';
import { assertLinked, orderOf, writePhotos } from './photos.mts';
import { startQueue } from './queue.mts';
import type { BinaryMode, Queue } from './queue.mts';
import { until } from '../support/until.mts';
import { sha256 } from '../support/sha256.mts';
import {
	manualTrigger,
	mcpTools,
	nothing,
	runComfy,
	webhook,
	workflow,
} from '../support/n8n/workflow.mts';
import type { Credential, Node } from '../support/n8n/workflow.mts';

const GENERATIONS = 40;
/** What the ids of files begin with. */
const FILE_IDS: Record<BinaryMode, RegExp> = { database: /^database:/, filesystem: /^filesystem/ };
/** The smallest of the videos; each is a little longer than the one before, and so unlike it. */
const VIDEO_BYTES = 500_000;

/** A node that reads the whole video, as an upload would. */
const readVideo: Node = {
	name: 'Read',
	type: 'n8n-nodes-base.crypto',
	typeVersion: 1,
	parameters: { action: 'hash', type: 'SHA256', binaryData: true, dataPropertyName: 'sha256' },
};

let queue: Queue;
/** A RunComfy that reads the links that it is sent. */
let linked: Simulator;
let linkedCredential: Credential;

const submittedPrompts = () =>
	queue.simulator.log
		.filter(({ kind }) => kind === 'submit')
		.map(({ body }) => (body as { prompt: string }).prompt);

beforeAll(async () => {
	queue = await startQueue('database', { queueMs: 500, runMs: 1000 });
	linked = await startSimulator({ fetchLinks: true, queueMs: 50, runMs: 100 });
	const { token: apiToken, url: baseUrl } = linked;
	linkedCredential = await queue.n8n.addCredential('Linked', { apiToken, baseUrl });
	writePhotos(queue.folder);
});

afterAll(async () => {
	await queue?.end();
	await linked?.close();
});

describe.each(['database', 'filesystem'] as const)('files in %s mode', (mode) => {
	beforeAll(async () => {
		if (mode !== 'database') await queue.switchTo(mode);
	});

	test(`${GENERATIONS} webhooks at once`, async () => {
		const { n8n, simulator, credential, workers } = queue;
		simulator.reset();
		for (let nth = 1; nth <= GENERATIONS; nth++)
			simulator.planJobs({ nth, fileBytes: VIDEO_BYTES + nth });
		const generate = runComfy('generate', credential, {
			parameters: { prompt: '={{ $json.body.prompt }}' },
		});
		const trigger = webhook(mode, { responseMode: 'lastNode' });
		const workflowId = await n8n.addWorkflow(workflow(mode, [trigger, generate, readVideo]));
		await n8n.publish(workflowId);

		const prompts = Array.from({ length: GENERATIONS }, (_, nth) => `${mode} ${nth}`);
		const answers = await Promise.all(
			prompts.map(async (prompt) => {
				const response = await n8n.call(mode, { prompt });
				return (await response.json()) as { request_id: string; video_url: string; sha256: string };
			}),
		);

		// Each was bought once, and each webhook was answered with what it had asked for.
		expect(submittedPrompts().sort()).toStrictEqual([...prompts].sort());
		expect(answers.map(({ request_id: id }) => simulator.jobs.get(id)?.body.prompt)).toStrictEqual(
			prompts,
		);

		// The worker that made it reads the video whole, and so does main, from another home.
		const executionIds = await n8n.executionIds(workflowId);
		expect(executionIds.length).toBe(GENERATIONS);
		const served = new Map<string, string>();
		for (const { request_id: id, video_url: url, sha256: read } of answers) {
			const video = sha256(await (await fetch(url)).bytes());
			served.set(id, video);
			expect(read).toBe(video);
		}
		expect(new Set(served.values()).size).toBe(GENERATIONS);
		for (const id of executionIds) {
			const { status, outputs } = await n8n.finished(id);
			expect(status).toBe('success');
			const [{ json, binary }] = outputs.RunComfy[0];
			expect(binary!.data.id!).toMatch(FILE_IDS[mode]);
			expect(sha256(await n8n.download(binary!.data.id!))).toBe(served.get(json.request_id));
		}

		// No execution was taken twice, and neither worker stood by.
		const taken = await Promise.all(workers.map((worker) => worker.executionIds()));
		const mine = taken.map((ids) => ids.filter((id) => executionIds.includes(id)));
		expect(mine.flat().sort()).toStrictEqual([...executionIds].sort());
		for (const ids of mine) expect(ids.length).toBeGreaterThan(0);
	});

	test('main gives out what a worker stored', async () => {
		const execution = await runWithLink();
		await assertLinked({ n8n: queue.n8n, simulator: linked }, execution, 'large');
	});
});

/** Runs an order whose photo does not fit into a request, on a worker. */
async function runWithLink() {
	const { n8n, folder } = queue;
	linked.reset();
	const order = orderOf('generate', { folder, size: 'large', credential: linkedCredential });
	return await n8n.run(await n8n.addWorkflow(workflow('linked', [manualTrigger, ...order])));
}

test("a tool answers in time, and a wait ends before n8n's execution timeout", async () => {
	const { n8n, simulator, credential } = queue;
	simulator.reset();
	simulator.planJobs({ runMs: 3_600_000, times: -1 });
	const prompt = "={{ $fromAI('prompt', '', 'string') }}";
	const tool = { ...runComfy('generate', credential, { parameters: { prompt } }), name: 'Make' };
	await n8n.publish(await n8n.addWorkflow(mcpTools('queued', [tool])));
	const client = new McpClient(`${n8n.url}/mcp/queued`);
	await client.connect();
	const called = client.call('Make', { prompt: 'called' });

	const generate = runComfy('generate', credential, {
		parameters: { prompt: 'timed' },
		onError: 'continueErrorOutput',
	});
	const chain = [webhook('timed'), generate, [nothing('Done'), nothing('Failed')]];
	const timed = await n8n.addWorkflow(
		workflow('timed', chain, { settings: { executionTimeout: 9 } }),
	);
	await n8n.publishAndCall(timed, 'timed');
	const isThere = async () => (await n8n.executionIds(timed))[0];
	const { status, outputs } = await n8n.finished(await until('it is there', isThere));
	const idOf = (prompt: string) =>
		[...simulator.jobs.values()].find(({ body }) => body.prompt === prompt)?.requestId;
	expect(status).toBe('success');
	expect(outputs.Failed[0][0].json.error.request_id).toBe(idOf('timed'));

	const [{ request_id, is_finished }] = JSON.parse(await called);
	expect([request_id, is_finished]).toStrictEqual([idOf('called'), false]);
	expect(submittedPrompts()).toHaveLength(2);
});

// 2.0.3 does not know the nodes of the example; in 2.15.1, a worker that starts after one was killed exits with an
// error of n8n's own.
const testOfRows = isBefore('2.30') ? test.skip : test;
testOfRows('in the rows example, a worker is killed, then one is stopped', async () => {
	const { n8n, simulator } = queue;
	simulator.reset();
	const rows = new Rows(queue, queue.folder);
	const { workflowId, folder, table } = await rows.addCopy('rows');
	const prompts = [1, 2, 3, 4, 5, 6].map((row) => `row ${row}`);
	await table.add(prompts.map((prompt) => ({ prompt })));
	const states = async () => (await table.rows()).map(({ status }) => status);
	const finish = () => [...simulator.jobs.values()].forEach(({ plan }) => (plan.runMs = 0));

	// Killed while it buys the third: its answer, and so its id, is lost.
	simulator.planJobs({ runMs: 3_600_000, times: -1 });
	simulator.addFaults({ on: 'submit', nth: 3, after: true, hang: true });
	const killed = await n8n.startRun(workflowId, TRIGGER);
	await until('the third is bought', () => simulator.jobs.size === 3);
	await (await queue.workerOf(killed)).kill();
	expect(await states()).toStrictEqual(['bought', 'bought', 'buying', null, null, null]);
	const lost = [...simulator.jobs.keys()][2];

	// The other worker's run fetches what has an id, buys what is not marked, and is stopped
	// while these clips are made, which takes longer than n8n waits for it.
	finish();
	const stopped = await n8n.startRun(workflowId, TRIGGER);
	await until('all are bought', () => simulator.jobs.size === 6);
	const isPolled = ({ kind, requestId }: LoggedRequest) =>
		kind === 'status' && requestId === [...simulator.jobs.keys()][5];
	await until('it waits for the last', () => simulator.log.some(isPolled));
	await (await queue.workerOf(stopped)).terminate();
	expect(await states()).toStrictEqual(['done', 'done', 'buying', 'bought', 'bought', 'bought']);

	// The next run fetches all whose id was written. A worker with enough time ends it when stopped.
	const patience = { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '600', WEBHOOK_URL: '' };
	await Promise.all(queue.workers.map((worker) => worker.restart(patience)));
	const last = await n8n.startRun(workflowId, TRIGGER);
	const worker = await queue.workerOf(last);
	const { length } = await worker.log();
	const gone = worker.terminate();
	const isDraining = async () => (await worker.log()).slice(length).includes('to finish...');
	await until('the worker waits for its run', isDraining);
	finish();
	await gone;
	expect((await n8n.finished(last)).status).toBe('success');

	const [first, second, doubt, ...others] = await table.rows();
	for (const row of [first, second, ...others]) await rows.assertDone({ folder }, row);
	expect([doubt.status, doubt.request_id]).toStrictEqual(['buying', null]);
	expect(doubt.reason!).toMatch(/Look at Generations on runcomfy\.com/);
	expect(simulator.log.some(({ kind, requestId }) => kind !== 'submit' && requestId === lost)).toBe(
		false,
	);

	// n8n gives the two lost runs up, and runs neither again.
	for (const id of [killed, stopped])
		await until('n8n gives a run up', async () => (await n8n.execution(id)).status === 'error');
	const taken = (await Promise.all(queue.workers.map((worker) => worker.executionIds()))).flat();
	for (const id of [killed, stopped, last])
		expect(taken.filter((one) => one === id)).toHaveLength(1);
	expect(submittedPrompts()).toStrictEqual(prompts);
});

testOfRows('a worker without the address of main says so before anything is bought', async () => {
	// Which workers have had since they were started again.
	const { error } = await runWithLink();
	expect(error!.message).toMatch(/n8n can't give RunComfy a link: http:\/\/localhost:\d+\/rest/);
	expect(linked.jobs.size).toBe(0);
});
