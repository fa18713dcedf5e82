import { media } from '../../fixtures/media.mts';
import { startLinkHost, type LinkHost } from '../../support/linkHost.mts';
import { endWait } from '../../support/n8n/endWait.mts';
import { startSession, type Session } from '../../support/n8n/session.mts';
import { sha256 } from '../../support/sha256.mts';
import { until } from '../../support/until.mts';
import { adaptedExample } from './example.mts';

/** What the shop was sent: the fields of a form, or JSON. */
interface Callback {
	order_number: string;
	request_id: string;
	clip?: { name: string; type: string; sha256: string };
	message?: string;
}

interface Delivery {
	status: number;
	body: { order_number: string; request_id?: string; message?: string };
}

let session: Session;
let shop: LinkHost;
let workflowId: string;
const callbacks: Callback[] = [];
/** What the shop answers to its next callbacks. */
let shopAnswers: number[] = [];

beforeAll(async () => {
	session = await startSession({ queueMs: 0, runMs: 3_600_000 });
	shop = await startLinkHost(async (request, response) => {
		if (request.url === '/callback') {
			const body = request.toArray().then((chunks) => Buffer.concat(chunks as Buffer[]));
			callbacks.push(await callbackOf(request.headers['content-type']!, await body));
			response.writeHead(shopAnswers.shift() ?? 200).end();
		} else if (request.url === '/gone.jpg') response.writeHead(404).end();
		else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(media('photo.jpg'));
	});
	const { n8n, credential } = session;
	const parameters = { 'Wait a Bit': { amount: '={{ $runIndex === 0 ? 2 : 0 }}' } };
	const adaptation = { credential, parameters, checksLinks: true };
	workflowId = await n8n.addWorkflow(await adaptedExample('webhook-order.json', adaptation));
	await n8n.publish(workflowId);
	await until('the webhook is there', async () => (await deliver({})).status !== 404);
});

beforeEach(() => {
	session.simulator.reset();
	callbacks.length = 0;
});

afterAll(async () => {
	await session?.end();
	await shop?.close();
});

async function callbackOf(contentType: string, body: Buffer): Promise<Callback> {
	if (contentType.startsWith('application/json')) return JSON.parse(body.toString());
	const form = await new Response(new Uint8Array(body), {
		headers: { 'content-type': contentType },
	}).formData();
	const clip = form.get('clip') as File;
	return {
		order_number: String(form.get('order_number')),
		request_id: String(form.get('request_id')),
		clip: { name: clip.name, type: clip.type, sha256: sha256(Buffer.from(await clip.bytes())) },
	};
}

const orderOf = (order_number: string, photos = ['front', 'side']) => ({
	order_number,
	prompt: 'Figure 1 waves to Figure 2',
	photos: photos.map((name) => `${shop.url}/${name}.jpg`),
	callback_url: `${shop.url}/callback`,
});

/** Sends an order, as a shop does. */
async function deliver(order: object): Promise<Delivery> {
	const response = await fetch(`${session.n8n.url}/webhook/clip-order`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(order),
	});
	const body = (await response.json().catch(() => ({}))) as Delivery['body'];
	return { status: response.status, body };
}

/** The execution that waits for the clip; all others have ended. */
const waitingExecution = () =>
	until('one execution waits, and no other runs', async () => {
		const { n8n } = session;
		const ids = await n8n.executionIds(workflowId);
		const states = await Promise.all(ids.map(async (id) => (await n8n.execution(id)).status));
		const isQuiet = states.every((status) => ['success', 'waiting'].includes(status));
		const waiting = ids.filter((_, index) => states[index] === 'waiting');
		return isQuiet && waiting.length === 1 ? waiting[0] : undefined;
	});

const job = () => [...session.simulator.jobs.values()][0];

/** What the shop gets when all has gone well. */
async function clipOf(order_number: string): Promise<Callback> {
	const { requestId } = job();
	const file = await fetch(`${session.simulator.url}/files/${requestId}.mp4`);
	const clip = {
		name: `${requestId}.mp4`,
		type: 'video/mp4',
		sha256: sha256(Buffer.from(await file.arrayBuffer())),
	};
	return { order_number, request_id: requestId, clip };
}

test('delivered three times at once, and again after n8n was killed in mid-job, an order is one clip, sent once', async () => {
	const { n8n, simulator, submits } = session;
	simulator.addFaults({ on: 'submit', delayMs: 2000 });
	const order = orderOf('1001');
	const answers = await Promise.all([1, 2, 3].map(async () => await deliver(order)));
	const answer = { status: 202, body: { order_number: '1001', request_id: job().requestId } };
	expect(answers).toStrictEqual([answer, answer, answer]);
	expect(submits()).toBe(1);
	const executionId = await waitingExecution();

	await n8n.kill();
	await n8n.restart();
	await until('the webhook is there', async () => (await deliver({})).status !== 404);
	expect(await deliver(order)).toStrictEqual(answer);
	expect(await waitingExecution()).toBe(executionId);
	job().plan.runMs = 0;
	endWait(n8n, executionId);
	expect((await n8n.finished(executionId)).status).toBe('success');
	expect(callbacks).toStrictEqual([await clipOf('1001')]);
	expect(await deliver(order)).toStrictEqual(answer);
	expect(submits()).toBe(1);
	const { body } = job();
	expect([body.prompt, body.images]).toStrictEqual([order.prompt, order.photos]);
});

test('a shop that answers with an error gets the same clip again', async () => {
	await deliver(orderOf('1002'));
	const executionId = await waitingExecution();
	job().plan.runMs = 0;
	shopAnswers = [503];
	endWait(session.n8n, executionId);
	expect((await session.n8n.finished(executionId)).status).toBe('success');
	const clip = await clipOf('1002');
	expect(callbacks).toStrictEqual([clip, clip]);
	expect(session.submits()).toBe(1);
});

test('a clip that fails is told to the shop with its reason', async () => {
	session.simulator.planJobs({ outcome: 'failed', jobError: 'no face' });
	await deliver(orderOf('1003'));
	const executionId = await waitingExecution();
	job().plan.runMs = 0;
	endWait(session.n8n, executionId);
	expect((await session.n8n.finished(executionId)).status).toBe('success');
	const [{ message, ...known }] = callbacks;
	expect(known).toStrictEqual({ order_number: '1003', request_id: job().requestId });
	expect(message!).toMatch(/no face/);
	expect(callbacks).toHaveLength(1);
});

test('an order with a bad link is refused in words, and nothing is bought; mended, it is taken', async () => {
	const { status, body } = await deliver(orderOf('1004', ['front', 'gone']));
	expect(status).toBe(422);
	expect(body.order_number).toBe('1004');
	expect(body.message!).toMatch(/gone\.jpg' leads to nothing/);
	expect(session.submits()).toBe(0);
	expect(callbacks).toStrictEqual([]);

	const mended = await deliver(orderOf('1004'));
	expect([mended.status, mended.body.request_id]).toStrictEqual([202, job().requestId]);
	expect(session.submits()).toBe(1);
	await session.n8n.stop(await waitingExecution());
});
