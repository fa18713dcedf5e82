import type { IDataObject } from 'n8n-workflow';
import { buy } from '../support/buy.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode, type RunOptions } from './harness.mts';
import { ON_ERROR, ORDER_PARAMETERS, RETRY } from './scenario.mts';
import { fastForward } from './timeLapse.mts';

/** Requests take the time they take, so it is not faster. */
const FACTOR = 10;
fastForward(FACTOR);

interface Answer {
	json: IDataObject;
	seconds: number;
}

const PROMPT = "={{ $fromAI('prompt', '', 'string') }}";
let calls = 0;

/** One call of the node as a tool, by an agent that calls it or by one that has n8n run it. */
async function call(
	by: 'the agent' | 'n8n',
	operation: string,
	parameters: IDataObject = {},
	more: Partial<RunOptions> = {},
): Promise<Answer> {
	const began = Date.now();
	const args = { prompt: `Figure 1 waves, ${++calls}` };
	const outcome = await runNode({
		simulator,
		workflowId: 'tools',
		type: 'runComfyTool',
		...(by === 'the agent'
			? { asAgent: [args] }
			: { items: [{ json: { ...args, toolCallId: `${calls}` } }] }),
		parameters: {
			operation,
			...ORDER_PARAMETERS,
			prompt: by === 'the agent' ? PROMPT : '={{ $json.prompt }}',
			...parameters,
		},
		...more,
	});
	expect(outcome.error).toBeUndefined();
	const [item] = [...outcome.items, ...outcome.errorItems];
	expect(item.binary).toBeUndefined();
	const json = by === 'the agent' ? JSON.parse(item.json[0] as string)[0] : item.json;
	return { json, seconds: (Date.now() - began) / 1000 };
}

const count = (kind: string) => simulator.log.filter((request) => request.kind === kind).length;

describe.each(['the agent', 'n8n'] as const)('a tool that %s calls', (by) => {
	withSimulator();

	test('gives the URL of a video that is done in time', async () => {
		const { json } = await call(by, 'generate');
		const [id] = simulator.jobs.keys();
		expect([json.request_id, json.status, json.video_url]).toStrictEqual([
			id,
			'completed',
			`${simulator.url}/files/${id}.mp4`,
		]);
		expect(count('file')).toBe(0);
	});

	test('answers within 50 s with the ID and what to do, and the video is fetched later', async () => {
		simulator.planJobs({ runMs: 80_000 });
		const { json, seconds } = await call(by, 'generate');
		const [[id, { modelId }]] = simulator.jobs;
		const { message, ...answer } = json;
		expect(answer).toStrictEqual({
			request_id: id,
			model_id: modelId,
			status: 'in_progress',
			is_finished: false,
		});
		expect(`${message}`).toMatch(/still being made.*Wait for Completion.*Don't order it again/);
		expect(seconds).toBeGreaterThan(40);
		expect(seconds).toBeLessThan(60);
		const later = await call(by, 'waitForCompletion', { requestId: id });
		expect(later.json.video_url).toBe(`${simulator.url}/files/${id}.mp4`);
		expect(count('submit')).toBe(1);
	});

	test('Wait for Completion answers within 50 s as well', async () => {
		simulator.planJobs({ queueMs: 600_000 });
		const requestId = await buy(simulator);
		const { json, seconds } = await call(by, 'waitForCompletion', { requestId });
		expect([json.request_id, json.status, json.is_finished]).toStrictEqual([
			requestId,
			'in_queue',
			false,
		]);
		expect(seconds).toBeGreaterThan(40);
		expect(seconds).toBeLessThan(60);
	});

	test('waits as long as the user says', async () => {
		simulator.planJobs({ runMs: 80_000 });
		const waitOptions = { timeout: 300 };
		expect((await call(by, 'generate', { waitOptions })).json.status).toBe('completed');
		simulator.planJobs({ runMs: 80_000 });
		const short = await call(by, 'generate', { waitOptions: { timeout: 20 } });
		expect(short.json.is_finished).toBe(false);
		expect(short.seconds).toBeLessThan(35);
	});

	test('answers within 50 s when RunComfy does not, and the same call again goes on', async () => {
		simulator.addFaults({ on: 'submit', delayMs: 70_000 / FACTOR });
		const same = { prompt: 'Figure 1 waves twice' };
		const { json, seconds } = await call(by, 'generate', same);
		expect([json.request_id, json.is_finished]).toStrictEqual([null, false]);
		expect(`${json.message}`).toMatch(/Call this tool again.*with exactly the same inputs/);
		expect(seconds).toBeGreaterThan(40);
		expect(seconds).toBeLessThan(60);
		const again = await call(by, 'generate', same);
		const [id] = simulator.jobs.keys();
		expect([again.json.request_id, again.json.status, again.json.reused]).toStrictEqual([
			id,
			'completed',
			true,
		]);
		expect(count('submit')).toBe(1);
	});

	for (const onError of ON_ERROR)
		for (const retry of [false, true]) {
			const settings = { onError, ...(retry && RETRY) };
			const title = `${onError}, ${retry ? 'with' : 'without'} retry`;

			test(`${title}: a video that failed is told with its reason`, async () => {
				simulator.planJobs({ outcome: 'failed', jobError: 'too dark & <blurry>', times: -1 });
				const { json } = await call(by, 'generate', {}, { settings });
				const error = json.error as IDataObject;
				const [id] = simulator.jobs.keys();
				expect([error.request_id, error.status, error.submitted]).toStrictEqual([
					id,
					'failed',
					'yes',
				]);
				expect(`${error.message}`).toMatch(/has failed.*too dark & <blurry>/);
				expect(count('submit')).toBe(1);
			});

			test(`${title}: what was not bought is told`, async () => {
				const { json } = await call(by, 'generate', { duration: 99 }, { settings });
				const error = json.error as IDataObject;
				expect(error.submitted).toBe('no');
				expect(`${error.message}`).toMatch(/'Duration/);
				expect(count('submit')).toBe(0);
			});
		}

	test('tells what became of each of several requests', async () => {
		simulator.planJobs({ nth: 1, outcome: 'failed' });
		const ids = [await buy(simulator), await buy(simulator)];
		const requestId = ids.join(', ');
		const { json } = await call(by, 'waitForCompletion', { requestId });
		expect((json.error as IDataObject).request_id).toBe(ids[0]);
	});
});
