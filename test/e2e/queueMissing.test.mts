import { rm } from 'node:fs/promises';
import { packageFolder, temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { packPackage } from '../../scripts/runtime/package.mjs';
import type { N8nProcess } from '../support/n8n/process.mts';
import type { Execution } from '../support/n8n/server.mts';
import { runComfy, webhook, workflow, type Node } from '../support/n8n/workflow.mts';
import { startRegistry } from '../support/registry.mts';
import { until } from '../support/until.mts';
import { Rows, TRIGGER } from './examples/rows.mts';
import { startQueue, type Queue, type Worker } from './queue.mts';

const NAME = 'n8n-nodes-runcomfy';
const UNKNOWN = `Unrecognized node type: ${NAME}.runComfy`;

let queue: Queue;
let without: Worker;
let other: Worker;
beforeAll(async () => {
	queue = await startQueue('database', { queueMs: 0, runMs: 0 }, { workersAtFirst: 1 });
	[other, without] = queue.workers;
	await rm(await packageFolder(without.home), { recursive: true });
});
afterAll(async () => await queue?.end());

/** Stops a process of n8n and removes the package from its disk. */
async function takePackage(process: N8nProcess): Promise<void> {
	await process.terminate();
	await rm(await packageFolder(process.home), { recursive: true });
}

async function replace(gone: Worker, next: Worker): Promise<void> {
	await gone.terminate();
	await next.restart();
}

/** Waits until an execution fails, for it is not known what it is to run. */
async function assertUnknown(executionId: string): Promise<void> {
	const failed = await until('the execution fails', async () => {
		const execution = await queue.n8n.execution(executionId);
		return execution.status === 'error' ? execution : undefined;
	});
	expect(failed.error?.message).toBe(UNKNOWN);
	expect(failed.runs).toStrictEqual({});
}

describe('on a worker without the package', () => {
	let rows: Rows;
	let example: Awaited<ReturnType<Rows['addCopy']>>;
	let waiting: Execution;

	beforeAll(async () => {
		rows = new Rows(queue, queue.folder);
		example = await rows.addCopy('rows');
		await example.table.add(['row 1', 'row 2', 'row 3'].map((prompt) => ({ prompt })));
		waiting = await buyAndWait();

		await replace(other, without);
		const { n8n } = queue;
		await assertUnknown(await n8n.startRun(example.workflowId, TRIGGER));
		for (const row of await example.table.rows())
			expect([row.status, row.request_id]).toStrictEqual([null, null]);
		const { pathname, search } = new URL(waiting.outputs.Note[0][0].json.url);
		expect((await fetch(n8n.url + pathname + search)).ok).toBeTruthy();
		await assertUnknown(waiting.id);
		expect(queue.submits()).toBe(1);
		await replace(without, other);
	});

	test('the rows example fails before its first node, and goes on where the package is', async () => {
		const { workflowId, folder, table } = example;
		expect((await queue.n8n.run(workflowId, TRIGGER)).status).toBe('success');
		for (const row of await table.rows()) await rows.assertDone({ folder }, row);
		expect(queue.submits()).toBe(1 + 3);
	});

	test('what waited loses its data, but not the request ID that n8n highlights', async () => {
		const { n8n, simulator, submits } = queue;
		const [requestId] = simulator.jobs.keys();
		expect(await n8n.requestsNamed(waiting.id)).toBe(`1 request: ${requestId}`);
		const retry = `/rest/executions/${waiting.id}/retry`;
		const before = submits();
		const { status } = await n8n.rest<{ status: string }>('POST', retry, { loadWorkflow: false });
		expect(status).toBe('error');
		expect(submits()).toBe(before);
	});
});

/** An execution that has bought a clip, and waits to be called. */
async function buyAndWait(): Promise<Execution> {
	const { n8n, credential } = queue;
	const create = runComfy('create', credential, { parameters: { prompt: 'a cat' } });
	const note: Node = {
		name: 'Note',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { mode: 'raw', jsonOutput: '={{ { url: $execution.resumeUrl } }}' },
	};
	const wait: Node = {
		name: 'Wait',
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		parameters: { resume: 'webhook' },
	};
	const chain = [webhook('waits'), create, note, wait];
	const workflowId = await n8n.addWorkflow(workflow('waits', chain));
	await n8n.publishAndCall(workflowId, 'waits');
	return await until('it waits', async () => {
		const [id] = await n8n.executionIds(workflowId);
		const execution = id ? await n8n.execution(id) : undefined;
		return execution?.status === 'waiting' ? execution : undefined;
	});
}

test("main's Install reaches a worker, which can bring the package back as it starts", async () => {
	const { n8n, simulator, submits } = queue;
	simulator.reset();
	const registry = await startRegistry();
	registry.tarball = await packPackage(await temporaryFolder('n8n-nodes-runcomfy-packed'));
	const env = { ...registry.env, N8N_COMMUNITY_PACKAGES_ENABLED: 'true' };
	await other.terminate();
	await takePackage(n8n);
	await n8n.restart(env);
	await without.restart(env);
	await n8n.rest('POST', '/rest/community-packages', { name: NAME });
	const installed = `Community package installed: ${NAME}`;
	await until('the worker installs it', async () => (await without.log()).includes(installed));
	const rows = new Rows(queue, queue.folder);
	const { workflowId, folder, table } = await rows.addCopy('installed');
	await table.add([{ prompt: 'row 1' }]);
	expect((await n8n.run(workflowId, TRIGGER)).status).toBe('success');

	await takePackage(without);
	await without.restart();
	await table.add([{ prompt: 'row 2' }]);
	await assertUnknown(await n8n.startRun(workflowId, TRIGGER));
	await without.terminate();
	await without.restart({ N8N_REINSTALL_MISSING_PACKAGES: 'true' });
	expect((await n8n.run(workflowId, TRIGGER)).status).toBe('success');
	for (const row of await table.rows()) await rows.assertDone({ folder }, row);
	expect(submits()).toBe(2);
	await registry.close();
});
