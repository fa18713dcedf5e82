import { manualTrigger, workflow } from '../../support/n8n/workflow.mts';
import { startQueue, type Queue } from '../queue.mts';
import { assertLinked, orderOf, writePhotos } from './photos.mts';

let queue: Queue;

beforeAll(async () => {
	queue = await startQueue('database', { queueMs: 50, runMs: 100, fetchLinks: true });
	writePhotos(queue.folder);
});

beforeEach(() => queue.simulator.reset());

afterAll(async () => await queue?.end());

async function run() {
	const { n8n, folder, credential } = queue;
	const order = orderOf('generate', { folder, size: 'large', credential });
	return await n8n.run(await n8n.addWorkflow(workflow('queued', [manualTrigger, ...order])));
}

test('a worker that is not told the address of main says so before anything is bought', async () => {
	const { error } = await run();
	expect(error!.message).toMatch(/n8n can't give RunComfy a link: http:\/\/localhost:\d+\/rest/);
	expect(queue.submits()).toBe(0);
});

test.each(['database', 'filesystem'] as const)(
	'main gives out what a worker stored, files in %s mode',
	async (mode) => {
		const { n8n, workers } = queue;
		for (const worker of workers) {
			await worker.terminate();
			await worker.restart({ WEBHOOK_URL: `${n8n.url}/` });
		}
		if (mode !== 'database') await queue.switchTo(mode);
		await assertLinked(queue, await run(), 'large');
		expect(queue.submits()).toBe(1);
		const taken = await Promise.all(workers.map((worker) => worker.executionIds()));
		expect(taken.flat().length).toBeGreaterThan(0);
	},
);
