import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../scripts/runtime/instance.mjs';
import type { Job } from '../../../simulator/index.mts';
import { endWait } from '../../support/n8n/endWait.mts';
import { startSession } from '../../support/n8n/session.mts';
import type { Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { adaptedExample } from './example.mts';

const ORDER = {
	prompt: 'Figure 1 waves to Figure 2',
	image_urls: 'https://example.com/front.jpg, https://example.com/side.jpg',
};

let session: Session;
let folder: string;

beforeAll(async () => {
	folder = await temporaryFolder('n8n-nodes-runcomfy-durable');
	session = await startSession({ queueMs: 0, runMs: 3_600_000 }, { files: [folder] });
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

/** Sends an order to the example's webhook, and waits until its clip is bought. */
async function order(name: string, minutes: string): Promise<{ executionId: string; job: Job }> {
	const { n8n, simulator, credential } = session;
	const parameters = { Order: { path: name }, 'Wait a Bit': { amount: minutes } };
	const options = { name, credential, folder, parameters };
	const workflowId = await n8n.addWorkflow(await adaptedExample('durable-clip.json', options));
	await n8n.publishAndCall(workflowId, name, ORDER);
	await until('the clip is bought', () => simulator.jobs.size === 1);
	const [executionId] = await n8n.executionIds(workflowId);
	return { executionId, job: [...simulator.jobs.values()][0] };
}

const looks = () => session.simulator.log.filter(({ kind }) => kind === 'status').length;

const statusOf = async (executionId: string) => (await session.n8n.execution(executionId)).status;

const waits = (executionId: string) =>
	until('the execution waits', async () => (await statusOf(executionId)) === 'waiting');

/** What the retry button in the list of executions does. */
async function retry(executionId: string): Promise<string> {
	const path = `/rest/executions/${executionId}/retry`;
	const { id } = await session.n8n.rest<{ id: string }>('POST', path, { loadWorkflow: false });
	return id;
}

async function assertArrived(executionId: string, { requestId, body }: Job): Promise<void> {
	const { n8n, simulator } = session;
	const isOver = async () => (await statusOf(executionId)) === 'success';
	// Two looks at what waits, and a video.
	await until('it is over', isOver);
	const { outputs } = await n8n.execution(executionId);
	expect(outputs['Save Video'][0][0].json.request_id).toBe(requestId);
	const clip = await fetch(`${simulator.url}/files/${requestId}.mp4`);
	const saved = await readFile(join(folder, `${requestId}.mp4`));
	expect(saved.equals(Buffer.from(await clip.arrayBuffer()))).toBe(true);
	expect(session.submits()).toBe(1);
	expect([body.prompt, body.images]).toStrictEqual([ORDER.prompt, ORDER.image_urls.split(', ')]);
}

test('n8n is killed while the second look is waited for, and goes on when it is back', async () => {
	const { n8n } = session;
	const { executionId, job } = await order('killed', '={{ $runIndex === 1 ? 2 : 0 }}');
	await waits(executionId);
	expect(looks()).toBe(1);
	await n8n.kill();
	await n8n.restart();
	expect(await statusOf(executionId)).toBe('waiting');
	job.plan.runMs = 0;
	endWait(n8n, executionId);
	await assertArrived(executionId, job);
	expect(looks()).toBe(3);
});

test('n8n is down when the wait ends: by itself or by a retry, the clip arrives', async () => {
	const { n8n } = session;
	const { executionId, job } = await order('down', '={{ $runIndex < 2 ? 2 : 0 }}');
	await waits(executionId);
	const starts = async () => (await n8n.log()).split('Editor is now accessible').length;
	const before = await starts();
	await n8n.kill();
	endWait(n8n, executionId);
	await n8n.restart();
	await until('n8n has looked for what crashed', async () => (await starts()) > before);
	await until('it looks, and the video is not finished', () => looks() === 1);
	job.plan.runMs = 0;
	// In the moment in which n8n takes it for crashed, a retry may find nothing yet to go on with.
	const goesOn = await until('it waits again, or can be retried', async () => {
		const status = await statusOf(executionId);
		if (status === 'waiting') return executionId;
		return status === 'crashed' ? await retry(executionId).catch(() => undefined) : undefined;
	});
	if ((await statusOf(goesOn)) === 'waiting') endWait(n8n, goesOn);
	await assertArrived(goesOn, job);
});

test('after 30 looks it gives up, and says with which ID to go on', async () => {
	const { n8n } = session;
	const { executionId, job } = await order('too-late', '0');
	const { status, error } = await n8n.finished(executionId);
	expect(status).toBe('error');
	expect(error?.message).toBe(
		`Request ${job.requestId} is still in_progress. It is not lost: Wait for Completion with this ID fetches its video.`,
	);
	expect([looks(), session.submits()]).toStrictEqual([30, 1]);
});
