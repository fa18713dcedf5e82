import { HAS_CUSTOM_DATA, type Execution } from '../support/n8n/server.mts';
import { borrowSession, type Session } from '../support/n8n/session.mts';
import { until } from '../support/until.mts';
import { nothing, runComfy, webhook, workflow } from '../support/n8n/workflow.mts';
import type { Node } from '../support/n8n/workflow.mts';

let session: Session;
let workflows = 0;

beforeAll(async () => {
	session = await borrowSession();
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

/** Calls a published webhook in front of these nodes, and returns the ID of its execution. */
async function called(chain: Array<Node | Node[]>, settings = {}): Promise<string> {
	const { n8n } = session;
	const path = `ended-${++workflows}`;
	const id = await n8n.addWorkflow(workflow(path, [webhook(path), ...chain], { settings }));
	await n8n.publishAndCall(id, path);
	return await until('the execution is there', async () => (await n8n.executionIds(id))[0]);
}

const threeItems: Node = {
	name: 'Three',
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode: 'return [1, 2, 3].map((n) => ({ json: { prompt: `Figure 1, ${n}` } }));' },
};

const generate = (more: Partial<Node> = {}) => runComfy('generate', session.credential, more);

const waitedFor = async (count: number) =>
	await until('all are waited for', () => {
		const looks = session.simulator.log.filter(({ kind }) => kind === 'status');
		return new Set(looks.map(({ requestId }) => requestId)).size === count;
	});

async function names({ id }: Execution): Promise<void> {
	if (!HAS_CUSTOM_DATA) return;
	const named = await session.n8n.requestsNamed(id);
	const ids = [...session.simulator.jobs.keys()];
	const [, list] = /^\d+ requests?: (.*)$/.exec(named) ?? [];
	expect(list?.split(', ').sort()).toStrictEqual(ids.sort());
}

describe('an execution names what it bought', () => {
	test('when it ends well', async () => {
		const id = await called([threeItems, generate()]);
		const execution = await session.n8n.finished(id);
		expect(execution.status).toBe('success');
		await names(execution);
	});

	test('when it is stopped in the middle of the wait', async () => {
		session.simulator.planJobs({ runMs: 600_000, times: -1 });
		const id = await called([threeItems, generate()]);
		await waitedFor(3);
		await session.n8n.stop(id);
		const execution = await until('it is saved', async () => {
			const saved = await session.n8n.execution(id);
			return saved.status === 'canceled' ? saved : undefined;
		});
		await names(execution);
	});

	for (const retryOnFail of [false, true])
		test(`when n8n ends it, ${retryOnFail ? 'with' : 'without'} retry`, async () => {
			session.simulator.planJobs({ runMs: 600_000, times: -1 });
			// A first node that takes its time leaves no time for the wait to end earlier.
			const slow: Node = {
				name: 'Wait',
				type: 'n8n-nodes-base.wait',
				typeVersion: 1.1,
				parameters: { amount: 2, unit: 'seconds' },
			};
			const node = generate({ retryOnFail, maxTries: 5, waitBetweenTries: 3000 });
			const id = await called([slow, threeItems, node], { executionTimeout: 6 });
			await waitedFor(3);
			const execution = await until('it is saved', async () => {
				const saved = await session.n8n.execution(id);
				return ['running', 'new'].includes(saved.status) ? undefined : saved;
			});
			expect(execution.status).toBe(retryOnFail ? 'canceled' : 'error');
			await names(execution);
			expect(session.submits()).toBe(3);
		});
});

test("a wait ends before n8n's timeout, so the error branch gets the IDs", async () => {
	session.simulator.planJobs({ runMs: 600_000, times: -1 });
	const node = generate({ onError: 'continueErrorOutput' });
	const chain = [threeItems, node, [nothing('Done'), nothing('Failed')]];
	const id = await called(chain, { executionTimeout: 12 });
	const execution = await session.n8n.finished(id);
	expect(execution.status).toBe('success');
	const errors = execution.outputs.Failed[0].map(({ json }) => json.error);
	expect(errors.map(({ request_id }) => request_id).sort()).toStrictEqual(
		[...session.simulator.jobs.keys()].sort(),
	);
	for (const { message } of errors) expect(message).toMatch(/still in_progress after \d/);
	await names(execution);
});
