import { isBefore } from '../../scripts/runtime/n8n.mjs';
import type { Execution } from '../support/n8n/server.mts';
import { borrowSession, type Session } from '../support/n8n/session.mts';
import { manualTrigger, nothing, runComfy, webhook, workflow } from '../support/n8n/workflow.mts';
import type { Node, Workflow } from '../support/n8n/workflow.mts';
import { until } from '../support/until.mts';

// What docs/building.md says of n8n.

let session: Session;

beforeAll(async () => {
	session = await borrowSession();
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

const create = (settings: object = {}): Node => ({
	...runComfy('create', session.credential, { parameters: { prompt: 'a cat' } }),
	...settings,
});

const code = (name: string, jsCode: string): Node => ({
	name,
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: { jsCode },
});

const main = (...names: string[]) => names.map((node) => ({ node, type: 'main', index: 0 }));

/** Runs a workflow to its end, and returns how many clips it bought. */
async function purchases(built: Workflow): Promise<number> {
	const { n8n, submits } = session;
	const { status } = await n8n.run(await n8n.addWorkflow(built));
	expect(status).toBe('success');
	return submits();
}

test('two wires into the node are two clips', async () => {
	const built = workflow('wires', [manualTrigger, [nothing('One'), nothing('Other')], create()]);
	Object.assign(built.connections, {
		Start: { main: [main('One', 'Other')] },
		One: { main: [main('RunComfy')] },
		Other: { main: [main('RunComfy')] },
	});
	expect(await purchases(built)).toBe(2);
});

test('three items are three clips, and one with Execute Once', async () => {
	const items = [{}, {}, {}];
	expect(await purchases(workflow('items', [manualTrigger, create()], { items }))).toBe(3);
	session.simulator.reset();
	const once = workflow('once', [manualTrigger, create({ executeOnce: true })], { items });
	expect(await purchases(once)).toBe(1);
});

test('in a loop over two items, asking for all of them makes each clip twice', async () => {
	const loop: Node = {
		name: 'Loop',
		type: 'n8n-nodes-base.splitInBatches',
		typeVersion: 3,
		parameters: { options: {} },
	};
	const list = code('List', 'return [{ json: {} }, { json: {} }]');
	const build = (...inLoop: Node[]) => {
		const built = workflow('loop', [manualTrigger, list, loop, ...inLoop]);
		const loops = { Loop: { main: [[], main(inLoop[0].name)] } };
		Object.assign(built.connections, loops, { RunComfy: { main: [main('Loop')] } });
		return built;
	};
	expect(await purchases(build(create()))).toBe(2);
	session.simulator.reset();
	expect(await purchases(build(code('All', "return $('List').all()"), create()))).toBe(4);
});

test('a pinned Create buys nothing, and its request ID goes on', async () => {
	const built = workflow('pinned', [manualTrigger, create(), nothing('Done')]);
	built.pinData.RunComfy = [{ json: { request_id: 'pinned' } }];
	expect(await purchases(built)).toBe(0);
});

/** A sub-workflow that makes a clip, and a published workflow that calls it. */
async function parentAndChild(
	name: string,
	isPublished: boolean,
	settings: object = {},
): Promise<[string, string]> {
	const { n8n, credential } = session;
	const trigger: Node = {
		...manualTrigger,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	};
	const generate = runComfy('generate', credential, { parameters: { prompt: 'a cat' } });
	const built = workflow('child', [trigger, generate], { settings });
	const childId = await n8n.addWorkflow({ ...built, pinData: {} });
	// n8n 1 publishes no sub-workflow: it has no trigger of the kind that starts by itself.
	if (isPublished && !isBefore('2.0')) await n8n.publish(childId);
	const call: Node = {
		name: 'Call',
		type: 'n8n-nodes-base.executeWorkflow',
		typeVersion: 1.2,
		parameters: { workflowId: { __rl: true, mode: 'id', value: childId } },
	};
	const parentId = await n8n.addWorkflow(workflow(name, [webhook(name), call]));
	await n8n.publishAndCall(parentId, name);
	return [parentId, childId];
}

// 2.0.3 publishes it all the same, and 1.100.1 has no versions to publish.
const testOfPublishing = isBefore('2.15') ? test.skip : test;
testOfPublishing(
	'a workflow cannot be published before the sub-workflow that it calls',
	async () => {
		await expect(parentAndChild('unpublished', false)).rejects.toThrow(
			/publish all referenced sub-workflows/,
		);
	},
);

test('stopping a parent leaves its sub-workflow running; stopping that ends its wait', async () => {
	const { n8n, simulator } = session;
	simulator.planJobs({ queueMs: 3_600_000 });
	const [parentId, childId] = await parentAndChild('parent', true);
	const looks = () => simulator.log.filter(({ kind }) => kind === 'status').length;
	await until('it is looked at', looks);
	const [parent] = await n8n.executionIds(parentId);
	const [child] = await n8n.executionIds(childId);
	const isStopped = async (id: string) => (await n8n.execution(id)).status === 'canceled';

	await n8n.stop(parent);
	await until('the parent is stopped', () => isStopped(parent));
	const before = looks();
	await until('the child goes on looking', () => looks() > before + 1);
	expect((await n8n.execution(child)).status).toBe('running');

	await n8n.stop(child);
	await until('what is queued is cancelled', () =>
		simulator.log.some(({ kind }) => kind === 'cancel'),
	);
	expect(session.submits()).toBe(1);
});

// 2.0.3 deletes the file before it copies it to the caller.
const LOSES_CLIP = isBefore('2.15');

const SAVES_NOTHING = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
	saveManualExecutions: false,
};

/** Calls a sub-workflow that saves nothing, and returns how its caller ends. */
async function callUnsaved(name: string): Promise<Execution> {
	const { n8n } = session;
	const [parentId, childId] = await parentAndChild(name, true, SAVES_NOTHING);
	const id = await until('the caller is there', async () => (await n8n.executionIds(parentId))[0]);
	const parent = await n8n.finished(id);
	await until('the child is gone', async () => (await n8n.executionIds(childId)).length === 0);
	return parent;
}

test('of a sub-workflow that saves nothing, the clip stays with its caller', async () => {
	const { id, outputs, error } = await callUnsaved('unsaved');
	if (LOSES_CLIP) return expect(error!.message).toMatch(/^ENOENT/);
	const { id: fileId } = outputs.Call[0][0].binary!.data;
	expect(fileId!).toContain(`/executions/${id}/`);
	expect((await session.n8n.download(fileId!)).length).toBeGreaterThan(10_000);
});

test('of one that fails, the error of its caller has the request ID', async () => {
	session.simulator.addFaults({ on: 'file', status: 404, times: -1 });
	const { status, error, customData } = await callUnsaved('fails');
	const [requestId] = session.simulator.jobs.keys();
	expect(status).toBe('error');
	expect(error!.message).toContain(requestId);
	expect(customData).toStrictEqual({});
});

// 1.104.2 has an older form.
(isBefore('1.110') ? test.skip : test)(
	'a form keeps one of two photos whose names n8n cannot tell apart, and no sure order in one field',
	async () => {
		const { n8n } = session;
		const field = (fieldLabel: string, multipleFiles = false) => ({
			fieldLabel,
			fieldType: 'file',
			multipleFiles,
		});
		const values = [field('正面照片'), field('侧面照片'), field('Many', true)];
		const form: Node = {
			name: 'Start',
			type: 'n8n-nodes-base.formTrigger',
			typeVersion: 2.3,
			parameters: { formTitle: 'Photos', formFields: { values }, options: { path: 'photos' } },
		};
		const built = workflow('form', [form, nothing('Done')]);
		const [trigger, ...rest] = built.nodes;
		const nodes = [{ ...trigger, webhookId: 'photos' }, ...rest];
		const id = await n8n.addWorkflow({ ...built, nodes, pinData: {} });
		await n8n.publish(id);
		const url = `${n8n.url}/form/photos`;
		await until('the form is there', async () => (await fetch(url)).ok);
		const body = new FormData();
		body.append('field-0', new Blob(['front']), 'front.jpg');
		body.append('field-1', new Blob(['side']), 'side.jpg');
		for (const name of ['c.jpg', 'a.jpg', 'b.jpg']) body.append('field-2', new Blob([name]), name);
		await fetch(url, { method: 'POST', body });
		const executionId = await until('it is filled in', async () => (await n8n.executionIds(id))[0]);
		const { outputs } = await n8n.finished(executionId);
		const { ____: photo, ...many } = outputs.Done[0][0].binary!;
		// The last one that n8n happened to write.
		expect(photo.fileName!).toMatch(/^(front|side)\.jpg$/);
		expect(Object.keys(many)).toStrictEqual(['Many_0', 'Many_1', 'Many_2']);
		// In the order in which it happened to write them: another from try to try.
		const names = Object.values(many).map(({ fileName }) => fileName);
		expect(names.sort()).toStrictEqual(['a.jpg', 'b.jpg', 'c.jpg']);
	},
);
