import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { HAS_CUSTOM_DATA } from '../support/n8n/server.mts';
import { borrowSession, type Session } from '../support/n8n/session.mts';
import { until } from '../support/until.mts';
import { manualTrigger, runComfy, type Credential, type Node } from '../support/n8n/workflow.mts';
import { startModel, type ScriptedModel } from './model.mts';

let session: Session;
let model: ScriptedModel;
let openAi: Credential;

beforeAll(async () => {
	model = await startModel();
	session = await borrowSession();
	const data = { apiKey: 'none', url: model.url };
	openAi = await session.n8n.addCredential('Model', data, 'openAiApi');
});

beforeEach(() => session.simulator.reset());

afterAll(async () => {
	await model?.close();
	await session?.end();
});

/** A workflow in which an agent of this version has Generate for a tool. */
async function agent(typeVersion: number, settings: Partial<Node> = {}): Promise<string> {
	const tool = runComfy('generate', session.credential, {
		parameters: {
			prompt: "={{ $fromAI('prompt', 'What happens in the clip', 'string') }}",
			duration: "={{ $fromAI('duration', 'Length in seconds, 3 to 15', 'number') }}",
		},
		...settings,
	});
	const nodes = [
		manualTrigger,
		{
			name: 'Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion,
			parameters: { promptType: 'define', text: 'Make a video', options: {} },
		},
		{
			name: 'Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.2,
			parameters: { model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
			credentials: { openAiApi: openAi },
		},
		{ ...tool, name: 'Make_Video', type: 'n8n-nodes-runcomfy.runComfyTool' },
	];
	const to = (type: string) => ({ [type]: [[{ node: 'Agent', type, index: 0 }]] });
	return await session.n8n.addWorkflow({
		name: `agent ${typeVersion}`,
		nodes: nodes.map((node, at) => ({ ...node, id: `${at}`, position: [at * 200, 0] })),
		connections: {
			Start: to('main'),
			Model: to('ai_languageModel'),
			Make_Video: to('ai_tool'),
		},
		settings: { executionOrder: 'v1' },
		pinData: {},
	});
}

const wave = { name: 'Make_Video', input: { prompt: 'Figure 1 waves', duration: 3 } };
const jump = { name: 'Make_Video', input: { prompt: 'Figure 1 jumps', duration: 3 } };
const tooLong = { name: 'Make_Video', input: { prompt: 'Figure 1 waves', duration: 99 } };

const bought = () => [...session.simulator.jobs.keys()];

/** What the model read of each call, and the IDs in it. */
const answers = () =>
	model.results().map((text) => ({ text, ids: bought().filter((id) => text.includes(id)) }));

// Of version 2, 1.100.1 has 2 alone; 2.0.3 has no 3.1.
const [second, third] = [isBefore('1.123') ? 2 : 2.2, isBefore('2.15') ? [] : [3.1]];
describe.each([1.7, second, ...third])('AI Agent %s', (version) => {
	const run = async (settings?: Partial<Node>) => {
		const execution = await session.n8n.run(await agent(version, settings));
		expect(execution.error).toBeUndefined();
		return execution;
	};

	test('two calls with different prompts are two videos, and the execution names both', async () => {
		model.plan([wave, jump]);
		const { id, status } = await run();
		expect(status).toBe('success');
		const [first, second] = bought();
		expect(
			answers()
				.map(({ ids }) => ids)
				.sort(),
		).toStrictEqual([[first], [second]].sort());
		for (const { text } of answers()) expect(text).toMatch(/"status":\s*"completed"/);
		if (HAS_CUSTOM_DATA) expect(await session.n8n.requestsNamed(id)).toMatch(/^2 requests: /);
	});

	test('the same call twice at once is one video', async () => {
		model.plan([wave, wave]);
		await run();
		expect(bought()).toHaveLength(1);
		expect(answers().map(({ ids }) => ids.length)).toStrictEqual([1, 1]);
	});

	test('the same call one after the other is one video', async () => {
		model.plan([wave], [wave]);
		await run();
		expect(bought()).toHaveLength(1);
		expect(answers().map(({ ids }) => ids.length)).toStrictEqual([1, 1]);
		expect(answers()[1].text).toMatch(/"reused":\s*true/);
	});

	for (const settings of [
		{},
		{ retryOnFail: true, maxTries: 2, waitBetweenTries: 100 },
		{ onError: 'stopWorkflow' },
		{ onError: 'continueRegularOutput' },
		// Of a tool with an error output, n8n hands agents of version 3 nothing at all.
		...(version < 3 ? [{ onError: 'continueErrorOutput' }] : []),
	] as Array<Partial<Node>>)
		test(`a video that failed is told with its ID and reason, ${JSON.stringify(settings)}`, async () => {
			session.simulator.planJobs({
				outcome: 'failed',
				jobError: 'The photo is too dark',
				times: -1,
			});
			model.plan([wave]);
			const { status } = await run(settings);
			expect(status).toBe('success');
			expect(session.submits()).toBe(1);
			const [{ text, ids }] = answers();
			expect(ids).toHaveLength(1);
			expect(text).toMatch(/The photo is too dark/);
			expect(text).toMatch(/"submitted":\s*"yes"/);
		});

	test('what was refused is told', async () => {
		model.plan([tooLong]);
		await run();
		expect(session.submits()).toBe(0);
		expect(answers()[0].text).toMatch(/'Duration.*from 3 to 15/);
	});

	test('a stop in the middle of the wait leaves the ID in the execution', async () => {
		session.simulator.planJobs({ runMs: 600_000, times: -1 });
		model.plan([wave]);
		const { n8n, simulator } = session;
		const id = await n8n.startRun(await agent(version));
		await until('it is waited for', () => simulator.log.some(({ kind }) => kind === 'status'));
		await n8n.stop(id);
		await until('it is stopped', async () => {
			const execution = await n8n.execution(id);
			return execution.status === 'canceled' ? execution : undefined;
		});
		if (!HAS_CUSTOM_DATA) return;
		expect(await session.n8n.requestsNamed(id)).toBe(`1 request: ${bought()[0]}`);
	});
});
