import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSession, type Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { startModel, type ScriptedModel } from '../model.mts';
import { adaptedExample } from './example.mts';

const PHOTOS = 'https://example.com/front.jpg, https://example.com/side.jpg';
const INPUT = { prompt: 'Figure 1 waves to Figure 2', photos: PHOTOS, duration: 5 };

let session: Session;
let model: ScriptedModel;
let chatUrl: string;

before(async () => {
	model = await startModel();
	session = await startSession();
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

after(async () => {
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
	assert.equal(response.status, 200);
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
	assert.equal(await say('one'), 'Done.');
	const [{ requestId, body }] = bought();
	const { prompt, images, duration } = body;
	assert.deepEqual([prompt, images, duration], [INPUT.prompt, PHOTOS.split(', '), INPUT.duration]);
	const [{ request_id, references }] = answers();
	assert.equal(request_id, requestId);
	assert.equal(references.length, 2);

	// In the next message, the model finds the ID in what it remembers.
	const id = { request_id: requestId };
	model.plan([{ name: 'Look_At_Clip', input: id }], [{ name: 'Fetch_Clip', input: id }]);
	await say('one', 'Is it ready?');
	const [state, fetched] = answers().slice(-2);
	assert.equal(state.request_id, requestId);
	assert.equal(fetched.video_url, `${session.simulator.url}/files/${requestId}.mp4`);
	assert.equal(fetched.cost_usd, 0.42);
	assert.equal(session.submits(), 1);
});

test('each tool tells the model what it does and what it costs, and the system message limits it', async () => {
	model.plan();
	await say('told');
	const told = Object.fromEntries(
		model.tools().map(({ name, description }) => [name, description]),
	);
	assert.deepEqual(Object.keys(told).sort(), ['Fetch_Clip', 'Look_At_Clip', 'Order_Clip']);
	assert.match(told.Order_Clip, /Order a video.*costs money.*same video/);
	assert.match(told.Look_At_Clip, /Look whether a video is finished/);
	assert.match(told.Fetch_Clip, /Wait up to 50 seconds/);
	assert.match(model.system(), /at most 3 clips/);
});

test('the same order twice, in one answer or one after the other, is one clip', async () => {
	const twice = order({ prompt: 'Figure 1 jumps' });
	model.plan([twice, twice], [twice]);
	await say('twice');
	const [{ requestId }] = bought();
	assert.deepEqual(
		answers().map(({ request_id }) => request_id),
		[requestId, requestId, requestId],
	);
	assert.equal(session.submits(), 1);
});

test('a clip above the limit is refused in words that the model reads, and nothing is bought', async () => {
	model.plan([order({ prompt: 'Figure 1 runs', duration: 15 })]);
	await say('dear');
	const [{ error }] = answers();
	assert.match(error.message, /This order would cost \$1\.26/);
	assert.equal(error.submitted, 'no');
	assert.equal(session.submits(), 0);
});
