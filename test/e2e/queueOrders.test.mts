import { isBefore } from '../../scripts/runtime/n8n.mjs';
import type { Execution } from '../support/n8n/server.mts';
import { nothing, runComfy, webhook, workflow } from '../support/n8n/workflow.mts';
import { until } from '../support/until.mts';
import { BuyOnce, orderOf } from './examples/orders.mts';
import { Table } from './examples/table.mts';
import { startQueue, type Queue } from './queue.mts';

let queue: Queue;
beforeAll(async () => {
	queue = await startQueue('database', {}, { workersAtFirst: 1 });
});
afterAll(async () => await queue?.end());

/** Adds a workflow whose webhook orders a clip with a key. */
async function addOrders(path: string): Promise<string> {
	const generate = runComfy('generate', queue.credential, {
		parameters: {
			prompt: '={{ $json.body.prompt }}',
			options: { skipChecks: ['links'], idempotencyKey: '={{ $json.body.key }}' },
		},
	});
	const id = await queue.n8n.addWorkflow(
		workflow(path, [webhook(path), generate, nothing('Done')]),
	);
	await queue.n8n.publish(id);
	return id;
}

/** The executions of a workflow, the first one first, once there are so many. */
const executions = async (workflowId: string, count: number): Promise<string[]> =>
	await until(`${count} executions`, async () => {
		const ids = await queue.n8n.executionIds(workflowId);
		return ids.length >= count ? ids.toReversed() : undefined;
	});

const made = ({ outputs }: Execution) => outputs.RunComfy[0][0].json;

describe('what a worker bought, once there is only another one', () => {
	const KINDS = [
		['saved', true],
		['original', false],
	] as const;
	const body = { prompt: 'a clip with a key', key: 'order-1' };
	const workflowIds: Record<string, string> = {};

	beforeAll(async () => {
		const { n8n, simulator, workers } = queue;
		for (const [workflow] of KINDS) {
			workflowIds[workflow] = await addOrders(workflow);
			// The file cannot be downloaded until it is asked for again.
			simulator.addFaults({ on: 'file', status: 404, times: 2 });
			await n8n.call(workflow, { prompt: workflow });
			const [first] = await executions(workflowIds[workflow], 1);
			expect((await n8n.finished(first)).status).toBe('error');
		}
		workflowIds.key = await addOrders('key');
		await n8n.call('key', body);
		await n8n.finished((await executions(workflowIds.key, 1))[0]);
		await workers[0].terminate();
		await workers[1].restart();
	});

	afterAll(async () => await queue.workers[0].restart());

	const boughtFor = (prompt: string) =>
		[...queue.simulator.jobs.values()]
			.filter(({ body }) => body.prompt === prompt)
			.map(({ requestId }) => requestId);

	/** The execution of a workflow after so many others, which the other worker has taken. */
	async function nextOf(workflowId: string, others: number) {
		const id = (await executions(workflowId, others + 1))[others];
		const execution = await queue.n8n.finished(id);
		expect(await queue.workerOf(id)).toBe(queue.workers[1]);
		return execution;
	}

	test.each(KINDS)(
		"n8n's Retry with the %s workflow buys nothing again",
		async (workflow, loadWorkflow) => {
			const { n8n, submits } = queue;
			const before = submits();
			const [failed] = await executions(workflowIds[workflow], 1);
			await n8n.rest('POST', `/rest/executions/${failed}/retry`, { loadWorkflow });
			const retried = await nextOf(workflowIds[workflow], 1);
			expect([retried.status, retried.error?.message]).toStrictEqual(['success', undefined]);
			const { request_id, reused } = made(retried);
			expect([[request_id], reused]).toStrictEqual([boughtFor(workflow), true]);
			expect(submits()).toBe(before);
		},
	);

	(isBefore('2.40') ? test.skip : test)(
		'an idempotency key does not hold there, since n8n 2.40, but for what is bought there',
		async () => {
			const { n8n, submits } = queue;
			const [bought] = boughtFor(body.prompt);
			const before = submits();
			await n8n.call('key', body);
			expect(made(await nextOf(workflowIds.key, 1)).request_id).not.toBe(bought);
			expect(submits()).toBe(before + 1);
			await n8n.call('key', body);
			expect(made(await nextOf(workflowIds.key, 2)).reused).toBe(true);
			expect(submits()).toBe(before + 1);
		},
	);

	(!isBefore('2.40') ? test.skip : test)(
		'an idempotency key holds there too, before n8n 2.40',
		async () => {
			const { n8n, submits } = queue;
			const before = submits();
			await n8n.call('key', body);
			const { request_id, reused } = made(await nextOf(workflowIds.key, 1));
			expect([[request_id], reused]).toStrictEqual([boughtFor(body.prompt), true]);
			expect(submits()).toBe(before);
		},
	);
});

test('two workers at the same time do not know of each other: each buys once', async () => {
	const { n8n, simulator, submits, workers } = queue;
	simulator.reset();
	const workflowId = await addOrders('meanwhile');
	const body = { prompt: 'a cat', key: 'order-1' };
	simulator.planJobs({ runMs: 3_600_000, times: -1 });
	const takenBy = async () => {
		const ids = await n8n.executionIds(workflowId);
		const taken = await Promise.all(workers.map((worker) => worker.executionIds()));
		return taken.map((own) => own.filter((id) => ids.includes(id)).length);
	};
	await until('both workers have taken one', async () => {
		await n8n.call('meanwhile', body);
		return (await takenBy()).every((count) => count > 0);
	}, { everyMs: 500 }); // prettier-ignore
	await until('both have bought', () => simulator.jobs.size === 2);
	for (const job of simulator.jobs.values()) job.plan.runMs = 0;
	const bought = [...simulator.jobs.keys()];
	for (const id of await n8n.executionIds(workflowId)) {
		const { request_id } = made(await n8n.finished(id));
		expect(bought).toContain(request_id);
	}
	expect(submits()).toBe(2);

	// From then on, it has one of the two on each.
	const count = (await n8n.executionIds(workflowId)).length;
	await n8n.call('meanwhile', body);
	const again = made(await n8n.finished((await executions(workflowId, count + 1)).at(-1)!));
	expect(bought).toContain(again.request_id);
	expect(again.reused).toBe(true);
	expect(submits()).toBe(2);
});

/** Has the next row of a table wait: it has its number already, and nobody else can see it yet. */
const holdNextRow = (table: string) => `
	CREATE TABLE gate AS SELECT max(id) + 1 AS id FROM "${table}";
	CREATE FUNCTION hold() RETURNS trigger AS $$
	BEGIN
		WHILE EXISTS (SELECT 1 FROM gate WHERE id = NEW.id) LOOP PERFORM pg_sleep(0.1); END LOOP;
		RETURN NEW;
	END $$ LANGUAGE plpgsql;
	CREATE TRIGGER hold BEFORE INSERT ON "${table}" FOR EACH ROW EXECUTE FUNCTION hold();`;

const HELD = `SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;

test('two calls with one key on PostgreSQL, and neither sees the row of the other: one clip', async () => {
	const { n8n, simulator, sql } = queue;
	simulator.reset();
	const once = await BuyOnce.add(queue, 'same moment');
	const order = orderOf('1001');
	// The first call makes the table.
	await once.assertBrought(await once.call(orderOf('first')), orderOf('first'));
	const { id: table } = (await Table.find(n8n, once.name))!;
	await sql(holdNextRow(`data_table_user_${table}`));

	const late = await once.startCall(order);
	await until('its row is held', async () => await sql(HELD));
	const other = await once.startCall(order);
	await until('the other has bought', () => once.purchases(order) === 1);
	await sql('DELETE FROM gate');

	const bought = [...simulator.jobs.keys()].at(-1);
	for (const id of [other, late])
		expect(await once.assertBrought(await n8n.finished(id), order)).toBe(bought);
	expect(once.purchases(order)).toBe(1);
	expect(await once.rows(order)).toMatchObject([{ status: 'bought', request_id: bought }]);
});
