import { McpClient } from './mcp.mts';
import { HAS_CUSTOM_DATA } from '../support/n8n/server.mts';
import { borrowSession, type Session } from '../support/n8n/session.mts';
import { until } from '../support/until.mts';
import { mcpTools, runComfy } from '../support/n8n/workflow.mts';

describe('as a tool of an AI agent', () => {
	let session: Session;
	let client: McpClient;
	let workflowId: string;

	beforeAll(async () => {
		session = await borrowSession();
		const { n8n, credential } = session;
		const generate = runComfy('generate', credential, {
			parameters: {
				prompt: "={{ $fromAI('prompt', 'What happens in the clip', 'string') }}",
				duration: "={{ $fromAI('duration', 'Length in seconds, 3 to 15', 'number') }}",
			},
		});
		const getStatus = runComfy('getStatus', credential, {
			parameters: { requestId: "={{ $fromAI('request_id', 'The request to look at', 'string') }}" },
		});
		const waitForCompletion = runComfy('waitForCompletion', credential, {
			parameters: { requestId: "={{ $fromAI('request_id', 'The request to fetch', 'string') }}" },
		});
		const tools = [
			{ ...generate, name: 'Make_Video' },
			{ ...getStatus, name: 'Look_At_Video' },
			{ ...waitForCompletion, name: 'Fetch_Video' },
		];
		workflowId = await n8n.addWorkflow(mcpTools('videos', tools));
		await n8n.publish(workflowId);
		client = new McpClient(`${n8n.url}/mcp/videos`);
		await client.connect();
	});

	afterAll(async () => await session?.end());

	test('it makes a video and tells its ID, state, URL and cost; then it is looked at', async () => {
		const tools = await client.tools();
		const names = tools.map(({ name }) => name);
		expect(names.sort()).toStrictEqual(['Fetch_Video', 'Look_At_Video', 'Make_Video']);

		const answer = await client.call('Make_Video', { prompt: 'Figure 1 waves', duration: 3 });
		const [requestId] = [...session.simulator.jobs.keys()];
		expect(session.submits()).toBe(1);
		const [made] = JSON.parse(answer);
		const { request_id, status, video_url, cost_usd } = made.json ?? made;
		expect({ request_id, status, video_url, cost_usd }).toStrictEqual({
			request_id: requestId,
			status: 'completed',
			video_url: `${session.simulator.url}/files/${requestId}.mp4`,
			cost_usd: 0.252,
		});

		const state = await client.call('Look_At_Video', { request_id: requestId });
		expect(state).toMatch(/"is_successful":\s*true/);
	});

	test('each tool is described by what its operation does', async () => {
		const tools = await client.tools();
		const told = (name: string) => tools.find((tool) => tool.name === name)?.description ?? '';
		expect(told('Make_Video')).toMatch(/Make a video.* costs money.*request_id/);
		expect(told('Look_At_Video')).toMatch(/Look whether a video is finished/);
		expect(told('Fetch_Video')).toMatch(/Wait up to 50 seconds/);
	});

	test('what keeps it from making a video is told to the agent, and nothing is bought', async () => {
		session.simulator.reset();
		const answer = await client
			.call('Make_Video', { prompt: 'Figure 1 waves', duration: 99 })
			.catch(String);
		expect(answer).toMatch(/'Duration/);
		expect(answer).toMatch(/from 3 to 15/);
		expect(session.submits()).toBe(0);
	});

	/** What a call that is answered with one item gives. */
	const made = async (name: string, input: object, signal?: AbortSignal) => {
		const [answer] = JSON.parse(await client.call(name, input, signal));
		return answer.json ?? answer;
	};
	const input = { prompt: 'Figure 1 waves, once', duration: 3 };

	test('a client that gives up and calls again gets what its first call bought', async () => {
		session.simulator.reset();
		session.simulator.planJobs({ runMs: 4000 });
		await expect(made('Make_Video', input, AbortSignal.timeout(1500))).rejects.toThrow();
		const [requestId] = session.simulator.jobs.keys();
		const { request_id, status, reused } = await made('Make_Video', input);
		expect([request_id, status, reused]).toStrictEqual([requestId, 'completed', true]);
		expect(session.submits()).toBe(1);

		if (!HAS_CUSTOM_DATA) return;
		// n8n saves the execution of a caller that left as well.
		const { n8n } = session;
		await until('an execution names it', async () => {
			const ids = await n8n.executionIds(workflowId);
			const executions = await Promise.all(ids.map(async (id) => await n8n.execution(id)));
			const named = `1 request: ${requestId}`;
			return executions.some(({ customData }) => customData.runcomfy_requests === named);
		});
	});

	test('so does one that gives up before RunComfy has answered', async () => {
		session.simulator.reset();
		session.simulator.addFaults({ on: 'submit', delayMs: 3000 });
		const other = { ...input, prompt: 'Figure 1 waves, slowly' };
		await expect(made('Make_Video', other, AbortSignal.timeout(1000))).rejects.toThrow();
		const { request_id, status, reused } = await made('Make_Video', other);
		const [requestId] = session.simulator.jobs.keys();
		expect([request_id, status, reused]).toStrictEqual([requestId, 'completed', true]);
		expect(session.submits()).toBe(1);
	});

	test('a patient one is answered within 50 s, and fetches the video later', async () => {
		session.simulator.reset();
		session.simulator.planJobs({ runMs: 600_000 });
		const began = Date.now();
		const answer = await made('Make_Video', { ...input, prompt: 'Figure 1 waves, for long' });
		const [job] = session.simulator.jobs.values();
		expect(Date.now() - began).toBeLessThan(55_000);
		expect([answer.request_id, answer.status, answer.is_finished]).toStrictEqual([
			job.requestId,
			'in_progress',
			false,
		]);
		expect(answer.message).toMatch(/Call Wait for Completion/);
		job.plan.runMs = 0;
		const fetched = await made('Fetch_Video', { request_id: job.requestId });
		expect(fetched.video_url).toBe(`${session.simulator.url}/files/${job.requestId}.mp4`);
		expect(session.submits()).toBe(1);
	});

	test('one that failed is told with its ID and reason', async () => {
		session.simulator.reset();
		session.simulator.planJobs({ outcome: 'failed', jobError: 'The photo is too dark' });
		const { error } = await made('Make_Video', { ...input, prompt: 'Figure 1 waves, darkly' });
		expect(error.request_id).toBe([...session.simulator.jobs.keys()][0]);
		expect(error.message).toMatch(/The photo is too dark/);
	});
});
