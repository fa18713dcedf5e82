import { startSession, type Session } from '../support/n8n/session.mts';
import {
	manualTrigger,
	nothing,
	runComfy,
	webhook,
	workflow,
	type Node,
} from '../support/n8n/workflow.mts';
import { until } from '../support/until.mts';

let session: Session;
beforeAll(async () => {
	session = await startSession({}, { code: true });
});
beforeEach(() => session.simulator.reset());
afterAll(() => session.end());

const parameters = { prompt: '={{ $json.body.prompt }}' };
const orders = (name: string, options: object = {}, more: object = {}) =>
	workflow(name, [
		webhook(name),
		runComfy('generate', session.credential, {
			parameters: { ...parameters, options: { skipChecks: ['links'], ...options } },
			...more,
		}),
		nothing('Done'),
	]);

/** The last execution of a workflow, once there are so many and none runs. */
async function lastOf(workflowId: string, count: number) {
	const { n8n } = session;
	const [id] = await until(`${count} executions`, async () => {
		const ids = await n8n.executionIds(workflowId);
		return ids.length >= count ? ids : undefined;
	});
	return await n8n.finished(id);
}

const RETRIES = [
	['with the original workflow', false],
	['with the saved workflow', true],
] as const;

/** Runs a workflow of its own that buys a clip, and fails since it cannot be downloaded until it is asked for again. */
async function failAfterBuying(name: string) {
	const { n8n, simulator } = session;
	const workflowId = await n8n.addWorkflow(orders(name));
	simulator.addFaults({ on: 'file', status: 404, times: 2 });
	await n8n.publishAndCall(workflowId, name, { prompt: name });
	const { id, status } = await lastOf(workflowId, 1);
	expect(status).toBe('error');
	return { workflowId, id, name };
}

async function assertRetried(
	{ workflowId, id, name }: Awaited<ReturnType<typeof failAfterBuying>>,
	loadWorkflow: boolean,
): Promise<void> {
	const { n8n, simulator } = session;
	await n8n.rest('POST', `/rest/executions/${id}/retry`, { loadWorkflow });
	const retried = await lastOf(workflowId, 2);
	expect([retried.status, retried.error?.message]).toStrictEqual(['success', undefined]);
	const [{ json, binary }] = retried.outputs.RunComfy[0];
	const bought = [...simulator.jobs.values()].filter(({ body }) => body.prompt === name);
	expect(bought.map(({ requestId }) => requestId)).toStrictEqual([json.request_id]);
	expect(json.reused).toBe(true);
	expect(binary?.data).toBeTruthy();
}

test.each(RETRIES)("n8n's Retry %s buys nothing again", async (kind, loadWorkflow) => {
	await assertRetried(await failAfterBuying(kind), loadWorkflow);
	expect(session.submits()).toBe(1);
});

test('a restart of n8n forgets neither what a failed execution bought nor a key', async () => {
	const { n8n, submits } = session;
	const failed = [await failAfterBuying('original'), await failAfterBuying('saved')];
	const id = await n8n.addWorkflow(orders('thrice', { idempotencyKey: '={{ $json.body.order }}' }));
	const body = { prompt: 'a cat', order: 'order-1' };
	await n8n.publish(id);
	// A webhook that delivers three times at once, and again after the restart, is one clip.
	await Promise.all([1, 2, 3].map(async () => await n8n.call('thrice', body)));
	await lastOf(id, 3);
	expect(submits()).toBe(failed.length + 1);

	await n8n.terminate();
	await n8n.restart();
	await assertRetried(failed[0], false);
	await assertRetried(failed[1], true);
	await n8n.call('thrice', body);
	const last = await lastOf(id, 4);
	expect([last.status, last.error?.message]).toStrictEqual(['success', undefined]);
	expect(last.outputs.RunComfy[0][0].json.reused).toBe(true);
	expect(submits()).toBe(failed.length + 1);
});

test('another try in the editor buys nothing again that a failed one bought', async () => {
	const { n8n, simulator, submits } = session;
	const parameters = { prompt: 'a cat', options: { skipChecks: ['links'] } };
	const generate = runComfy('generate', session.credential, { parameters });
	const id = await n8n.addWorkflow(workflow('by hand', [manualTrigger, generate, nothing('Done')]));
	simulator.addFaults({ on: 'file', status: 404, times: 2 });
	expect((await n8n.run(id)).status).toBe('error');
	const { status, outputs } = await n8n.run(id);
	expect(status).toBe('success');
	expect(outputs.Done[0][0].json.reused).toBe(true);
	expect(submits()).toBe(1);
});

test('a schedule that reads the same rows again buys each of them once', async () => {
	const { n8n, submits } = session;
	const rows: Node = {
		name: 'Rows',
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: {
			jsCode: 'return [1, 2, 3].map((id) => ({ json: { id, prompt: `row ${id}` } }));',
		},
	};
	const generate = runComfy('generate', session.credential, {
		parameters: { options: { skipChecks: ['links'], idempotencyKey: '={{ $json.id }}' } },
	});
	const everySecond: Node = {
		name: 'Start',
		type: 'n8n-nodes-base.scheduleTrigger',
		typeVersion: 1.2,
		parameters: { rule: { interval: [{ field: 'seconds', secondsInterval: 1 }] } },
	};
	const id = await n8n.addWorkflow(workflow('rows', [everySecond, rows, generate]));
	await n8n.publish(id);
	await until('it has run four times', async () => (await n8n.executionIds(id)).length >= 4);
	await n8n.unpublish(id);
	const executions = await n8n.executionIds(id);
	const made = await Promise.all(
		executions.map(async (execution) => (await n8n.finished(execution)).outputs.RunComfy[0]),
	);
	const fresh = made.flat().filter(({ json }) => !json.reused);
	expect(made.flat().length).toBe(3 * executions.length);
	expect(fresh).toHaveLength(3);
	expect(submits()).toBe(3);
});

test('a kill in mid-run loses the keys of that run, and no others', async () => {
	const { n8n, simulator, submits } = session;
	const id = await n8n.addWorkflow(orders('killed', { idempotencyKey: '={{ $json.body.order }}' }));
	const [saved, lost] = ['order-1', 'order-2'].map((order) => ({ prompt: order, order }));
	await n8n.publishAndCall(id, 'killed', saved);
	await lastOf(id, 1);
	simulator.planJobs({ runMs: 3_600_000, nth: 2 });
	await n8n.call('killed', lost);
	const isWaitedFor = () =>
		simulator.log.some(
			({ kind, requestId }) => kind === 'status' && requestId === [...simulator.jobs.keys()][1],
		);
	await until('it is waited for', isWaitedFor);
	await n8n.kill();
	await n8n.restart();
	await n8n.call('killed', saved);
	expect((await lastOf(id, 3)).outputs.RunComfy[0][0].json.reused).toBe(true);
	expect(submits()).toBe(2);
	await n8n.call('killed', lost);
	expect((await lastOf(id, 4)).outputs.RunComfy[0][0].json.reused).toBeUndefined();
	expect(submits()).toBe(3);
});

test('an error output that is wired back buys nothing again', async () => {
	const { n8n, simulator, submits } = session;
	const wired = orders('back', {}, { onError: 'continueErrorOutput' });
	const isFirst = {
		name: 'Once',
		type: 'n8n-nodes-base.if',
		typeVersion: 2,
		parameters: {
			conditions: {
				options: { typeValidation: 'loose' },
				combinator: 'and',
				conditions: [
					{
						leftValue: '={{ $runIndex }}',
						rightValue: 3,
						operator: { type: 'number', operation: 'lt' },
					},
				],
			},
		},
		id: 'once',
		position: [600, 200],
	};
	wired.nodes.push(isFirst);
	Object.assign(wired.connections, {
		RunComfy: {
			main: [
				[{ node: 'Done', type: 'main', index: 0 }],
				[{ node: 'Once', type: 'main', index: 0 }],
			],
		},
		Once: { main: [[{ node: 'RunComfy', type: 'main', index: 0 }]] },
	});
	simulator.addFaults({ on: 'submit', after: true, reset: true });
	const id = await n8n.addWorkflow(wired);
	await n8n.publishAndCall(id, 'back', { prompt: 'a cat' });
	const { status } = await lastOf(id, 1);
	expect(status).toBe('success');
	expect(submits()).toBe(1);
});
