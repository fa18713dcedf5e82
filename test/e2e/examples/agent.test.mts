import { borrowSession, type Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { startModel, type ScriptedModel } from '../model.mts';
import { adaptedExample } from './example.mts';

const PHOTOS = 'https://example.com/front.jpg, https://example.com/side.jpg';
const INPUT = { prompt: 'Figure 1 waves to Figure 2', photos: PHOTOS, duration: 5 };

let session: Session;
let model: ScriptedModel;
let chatUrl: string;

beforeAll(async () => {
	model = await startModel();
	session = await borrowSession();
	const { n8n, credential } = session;
	const openAiApi = await n8n.addCredential(
		'Model',
		{ apiKey: 'none', url: model.url },
		'openAiApi',
	);
	const parameters = { Chat: { public: true } };
	const example = await adaptedExample('agent.json', { credential, parameters });
	const withModel = example.nodes.map((node) =>
		node.name === 'Model' ? { ...node, credentials: { openAiApi } } : node,
	);
	const workflowId = await n8n.addWorkflow({ ...example, nodes: withModel });
	await n8n.publish(workflowId);
	const chat = example.nodes.find(({ name }) => name === 'Chat') as unknown as {
		webhookId: string;
	};
	chatUrl = `${n8n.url}/webhook/${chat.webhookId}/chat`;
	await until('the chat is there', async () => (await fetch(chatUrl)).ok);
});

beforeEach(() => session.simulator.reset());

afterAll(async () => {
	await model?.close();
	await session?.end();
});

/** Says something in a chat of its own, as the chat's page does, and returns the answer. */
async function say(sessionId: string, chatInput = 'Make a clip of my photos'): Promise<string> {
	const response = await fetch(chatUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ action: 'sendMessage', sessionId, chatInput }),
	});
	expect(response.status).toBe(200);
	return ((await response.json()) as { output: string }).output;
}

const order = (input: object = {}) => ({ name: 'Order_Clip', input: { ...INPUT, ...input } });
const bought = () => [...session.simulator.jobs.values()];

/** The item in each tool's answer. */
const answers = () =>
	model.results().map((text) => {
		const [item] = JSON.parse(text);
		return item.json ?? item;
	});

test('the user asks for a clip: it is ordered, looked at and fetched, and its link and cost are told', async () => {
	model.plan([order()]);
	expect(await say('one')).toBe('Done.');
	const [{ requestId, body }] = bought();
	const { prompt, images, duration } = body;
	expect([prompt, images, duration]).toStrictEqual([
		INPUT.prompt,
		PHOTOS.split(', '),
		INPUT.duration,
	]);
	const [{ request_id, references }] = answers();
	expect(request_id).toBe(requestId);
	expect(references).toHaveLength(2);

	// In the next message, the model finds the ID in what it remembers.
	const id = { request_id: requestId };
	model.plan([{ name: 'Look_At_Clip', input: id }], [{ name: 'Fetch_Clip', input: id }]);
	await say('one', 'Is it ready?');
	const [state, fetched] = answers().slice(-2);
	expect(state.request_id).toBe(requestId);
	expect(fetched.video_url).toBe(`${session.simulator.url}/files/${requestId}.mp4`);
	expect(fetched.cost_usd).toBe(0.42);
	expect(session.submits()).toBe(1);
});

test('each tool tells the model what it does and what it costs, and the system message limits it', async () => {
	model.plan();
	await say('told');
	const told = Object.fromEntries(
		model.tools().map(({ name, description }) => [name, description]),
	);
	expect(Object.keys(told).sort()).toStrictEqual(['Fetch_Clip', 'Look_At_Clip', 'Order_Clip']);
	expect(told.Order_Clip).toMatch(/Order a video.*costs money.*same video/);
	expect(told.Look_At_Clip).toMatch(/Look whether a video is finished/);
	expect(told.Fetch_Clip).toMatch(/Wait up to 50 seconds/);
	expect(model.system()).toMatch(/at most 3 clips/);
});

test('the same order twice, in one answer or one after the other, is one clip', async () => {
	const twice = order({ prompt: 'Figure 1 jumps' });
	model.plan([twice, twice], [twice]);
	await say('twice');
	const [{ requestId }] = bought();
	expect(answers().map(({ request_id }) => request_id)).toStrictEqual([
		requestId,
		requestId,
		requestId,
	]);
	expect(session.submits()).toBe(1);
});

test('a clip above the limit is refused in words that the model reads, and nothing is bought', async () => {
	model.plan([order({ prompt: 'Figure 1 runs', duration: 15 })]);
	await say('dear');
	const [{ error }] = answers();
	expect(error.message).toMatch(/This order would cost \$1\.26/);
	expect(error.submitted).toBe('no');
	expect(session.submits()).toBe(0);
});
