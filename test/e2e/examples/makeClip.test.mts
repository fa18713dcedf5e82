import { endWait } from '../../support/n8n/endWait.mts';
import { startSession, type Session } from '../../support/n8n/session.mts';
import { nothing, webhook, workflow, type Node } from '../../support/n8n/workflow.mts';
import { sha256 } from '../../support/sha256.mts';
import { until } from '../../support/until.mts';
import { adaptedExample } from './example.mts';
import { Table } from './table.mts';

const ORDER = {
	prompt: 'Figure 1 waves to Figure 2',
	image_urls: 'https://example.com/front.jpg, https://example.com/side.jpg',
};

let session: Session;
let clipWorkflow: string;
/** How long n8n took to be made and started: more than a restart takes. */
let startMs: number;

beforeAll(async () => {
	const startedAt = Date.now();
	session = await startSession({ queueMs: 0, runMs: 3_600_000 });
	startMs = Date.now() - startedAt;
	const { n8n, credential } = session;
	// The first wait sleeps; those after it end at once.
	const parameters = { 'Wait a Bit': { amount: '={{ $runIndex === 0 ? 2 : 0 }}' } };
	clipWorkflow = await n8n.addWorkflow(
		await adaptedExample('make-clip.json', { credential, parameters }),
	);
	await n8n.publish(clipWorkflow);
});

afterAll(async () => await session?.end());

/** Calls it from a workflow that has one node for it, and waits until both executions sleep. */
async function callAndSleep(name: string): Promise<{ caller: string; called: string }> {
	const { n8n } = session;
	const inputs = Object.keys(ORDER);
	const makeClip: Node = {
		name: 'Make Clip',
		type: 'n8n-nodes-base.executeWorkflow',
		typeVersion: 1.2,
		parameters: {
			workflowId: { __rl: true, mode: 'id', value: clipWorkflow },
			workflowInputs: {
				mappingMode: 'defineBelow',
				value: Object.fromEntries(inputs.map((input) => [input, `={{ $json.body.${input} }}`])),
				matchingColumns: [],
				schema: inputs.map((id) => ({ id, displayName: id, type: 'string', display: true })),
			},
		},
	};
	const before = (await n8n.executionIds(clipWorkflow)).length;
	const chain = [webhook(name), makeClip, nothing('Next')];
	const workflowId = await n8n.addWorkflow(workflow(name, chain));
	await n8n.publishAndCall(workflowId, name, ORDER);
	const sleeping = async (of: string, count: number) =>
		await until('it sleeps', async () => {
			const ids = await n8n.executionIds(of);
			if (ids.length < count) return undefined;
			return (await n8n.execution(ids[0])).status === 'waiting' ? ids[0] : undefined;
		});
	const called = await sleeping(clipWorkflow, before + 1);
	return { caller: await sleeping(workflowId, 1), called };
}

test('n8n is killed while callers and clips sleep: all go on, to the clip or to the reason why there is none', async () => {
	const { n8n, simulator, submits } = session;
	const made = await callAndSleep('made');
	const failed = await callAndSleep('failed');
	const [clip, noClip] = [...simulator.jobs.values()];
	expect([clip.body.prompt, clip.body.images]).toStrictEqual([
		ORDER.prompt,
		ORDER.image_urls.split(', '),
	]);
	const table = await Table.find(n8n, 'RunComfy made clips');
	expect(await table!.rows()).toMatchObject([
		{ request_id: clip.requestId, prompt: ORDER.prompt, execution_id: made.called },
		{ request_id: noClip.requestId, execution_id: failed.called },
	]);

	await n8n.kill();
	clip.plan.runMs = 0;
	Object.assign(noClip.plan, { runMs: 0, outcome: 'failed', jobError: 'no face' });
	// Due when n8n is up again: what is due as it starts, it may take for crashed.
	const due = new Date(Date.now() + startMs);
	for (const { called } of [made, failed]) endWait(n8n, called, due);
	await n8n.restart();

	const { status, outputs, error } = await n8n.finished(made.caller);
	expect([status, error?.message]).toStrictEqual(['success', undefined]);
	const [{ json, binary }] = outputs.Next[0];
	expect(json.request_id).toBe(clip.requestId);
	const file = await (await fetch(`${simulator.url}/files/${clip.requestId}.mp4`)).bytes();
	expect(sha256(Buffer.from(await n8n.download(binary!.data.id!)))).toBe(sha256(file));

	const ended = await n8n.finished(failed.caller);
	expect(ended.status).toBe('error');
	const told = `${ended.error!.message} ${ended.error!.description}`;
	expect(told).toContain('no face');
	expect(told).toContain(noClip.requestId);
	expect(submits()).toBe(2);
});
