import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { McpClient } from './mcp.mts';
import { startSession, type Session } from '../support/n8n/session.mts';
import { runComfy } from '../support/n8n/workflow.mts';

const tool = (name: string, node: object, index: number) => ({
	...node,
	id: `tool-${index}`,
	name,
	type: 'n8n-nodes-runcomfy.runComfyTool',
	position: [index * 200, 200],
});

describe('as a tool of an AI agent', () => {
	let session: Session;
	let client: McpClient;

	before(async () => {
		session = await startSession();
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
		const trigger = {
			id: 'trigger',
			name: 'MCP Server Trigger',
			type: '@n8n/n8n-nodes-langchain.mcpTrigger',
			typeVersion: 2,
			position: [0, 0],
			parameters: { path: 'videos' },
			webhookId: 'videos-webhook',
		};
		const toTrigger = { ai_tool: [[{ node: trigger.name, type: 'ai_tool', index: 0 }]] };
		const id = await n8n.addWorkflow({
			name: 'tools',
			nodes: [trigger, tool('Make_Video', generate, 1), tool('Look_At_Video', getStatus, 2)],
			connections: { Make_Video: toTrigger, Look_At_Video: toTrigger },
			settings: { executionOrder: 'v1' },
			pinData: {},
		});
		await n8n.publish(id);
		client = new McpClient(`${n8n.url}/mcp/videos`);
		await client.connect();
	});

	after(async () => await session?.end());

	test('it makes a video and tells its ID, state, URL and cost; then it is looked at', async () => {
		const names = (await client.tools()).map(({ name }) => name);
		assert.deepEqual(names.sort(), ['Look_At_Video', 'Make_Video']);

		const answer = await client.call('Make_Video', { prompt: 'Figure 1 waves', duration: 3 });
		const [requestId] = [...session.simulator.jobs.keys()];
		assert.equal(session.submits(), 1);
		const [made] = JSON.parse(answer);
		const { request_id, status, video_url, cost_usd } = made.json ?? made;
		assert.deepEqual(
			{ request_id, status, video_url, cost_usd },
			{
				request_id: requestId,
				status: 'completed',
				video_url: `${session.simulator.url}/files/${requestId}.mp4`,
				cost_usd: 0.252,
			},
		);

		const state = await client.call('Look_At_Video', { request_id: requestId });
		assert.match(state, /"is_successful":\s*true/);
	});

	test('what keeps it from making a video is told to the agent, and nothing is bought', async () => {
		session.simulator.reset();
		const answer = await client
			.call('Make_Video', { prompt: 'Figure 1 waves', duration: 99 })
			.catch(String);
		assert.match(answer, /'Duration/);
		assert.match(answer, /from 3 to 15/);
		assert.equal(session.submits(), 0);
	});
});
