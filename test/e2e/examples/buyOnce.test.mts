import { borrowSession, type Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { BuyOnce, orderOf } from './orders.mts';

let session: Session;

beforeAll(async () => {
	session = await borrowSession({ queueMs: 0, runMs: 0 });
});

beforeEach(() => session.simulator.reset());

afterAll(async () => await session?.end());

test('three workflows that call at once with one key, and one that calls later, get one clip', async () => {
	const { n8n, simulator, submits } = session;
	const once = await BuyOnce.add(session, 'at once');
	const order = orderOf('1001');
	simulator.addFaults({ on: 'submit', delayMs: 4000 });
	await n8n.publish(once.workflowId);
	const callers = await Promise.all(
		['first', 'second', 'third'].map((path) => once.addWebhookCaller(path)),
	);
	const call = async (path: string, index: number) => {
		await n8n.publishAndCall(callers[index], path, order);
		const [id] = await until('it is called', async () => {
			const ids = await n8n.executionIds(callers[index]);
			return ids.length ? ids : undefined;
		});
		return await n8n.finished(id);
	};
	const executions = await Promise.all(['first', 'second', 'third'].map(call));
	executions.push(await once.call(order));
	const [{ request_id: id, status }, ...others] = await once.rows();
	expect([status, others]).toStrictEqual(['bought', []]);
	for (const execution of executions) expect(await once.assertBrought(execution, order)).toBe(id);
	expect(submits()).toBe(1);
});

test('several orders in one call are a clip each, and two with the same key are one', async () => {
	const once = await BuyOnce.add(session, 'several');
	const [one, other] = [orderOf('2001'), orderOf('2002')];
	const execution = await once.call(one, other, one);
	const ids = [];
	for (const [at, order] of [one, other, one].entries())
		ids.push(await once.assertBrought(execution, order, at));
	expect(ids[0]).toBe(ids[2]);
	expect(session.submits()).toBe(2);
});

test('what was refused is told, and tried again with the next call', async () => {
	const once = await BuyOnce.add(session, 'refused');
	const order = orderOf('3001');
	session.simulator.addFaults({ on: 'submit', error: 400002 });
	const { status, error } = await once.call(order);
	expect(status).toBe('error');
	expect(error!.message).toMatch(/The RunComfy balance is too low/);
	await once.assertBrought(await once.call(order), order);
	expect(once.purchases(order)).toBe(1);
});

test('of what may have been bought, each call says so and buys nothing', async () => {
	const once = await BuyOnce.add(session, 'in doubt');
	const order = orderOf('4001');
	session.simulator.addFaults({ on: 'submit', after: true, reset: true });
	for (let calls = 0; calls < 2; calls++) {
		const { status, error } = await once.call(order);
		expect(status).toBe('error');
		expect(error!.message).toMatch(/did not confirm the request.*Look at Generations/s);
	}
	expect(session.submits()).toBe(1);
});

test('a clip that failed keeps its reason', async () => {
	const once = await BuyOnce.add(session, 'failed');
	const order = orderOf('5001');
	session.simulator.planJobs({ outcome: 'failed', jobError: 'no face' });
	for (let calls = 0; calls < 2; calls++) {
		const { status, error } = await once.call(order);
		expect(status).toBe('error');
		expect(`${error!.message} ${error!.description}`).toMatch(/no face/);
	}
	expect(session.submits()).toBe(1);
});

test('without a key nothing is bought', async () => {
	const once = await BuyOnce.add(session, 'no key');
	const { status, error } = await once.call(orderOf(''));
	expect(status).toBe('error');
	expect(error!.message).toMatch(/'key' is empty/);
	expect(session.submits()).toBe(0);
});

test('a key belongs to its prompt and images: others under it are refused in words', async () => {
	const once = await BuyOnce.add(session, 'another');
	const order = orderOf('6001');
	const id = await once.assertBrought(await once.call(order), order);
	const prompt = 'Figure 1 dances';
	const another = await once.call({ ...order, prompt });
	expect([another.status, another.error!.message]).toStrictEqual([
		'error',
		"Key '6001' belongs to another prompt: '6001: Figure 1 waves'. Nothing was bought now. Give this order a key of its own.",
	]);
	const otherImages = await once.call({ ...order, image_urls: 'https://example.com/back.jpg' });
	expect(otherImages.error!.message).toMatch(
		/^Key '6001' belongs to the same prompt with other image links: 'https:/,
	);
	expect(await once.assertBrought(await once.call(order), order)).toBe(id);
	expect(session.submits()).toBe(1);
});

test('what was refused may be ordered with another prompt', async () => {
	const once = await BuyOnce.add(session, 'mended');
	const order = orderOf('7001');
	session.simulator.addFaults({ on: 'submit', error: 400002 });
	expect((await once.call(order)).status).toBe('error');
	const mended = { ...order, prompt: 'Figure 1 bows' };
	await once.assertBrought(await once.call(mended), mended);
	expect(session.submits()).toBe(2);
});

test('a call whose row stands beside one that is being bought steps back and buys nothing', async () => {
	const once = await BuyOnce.add(session, 'stepped back');
	const order = orderOf('8001');
	await once.call(orderOf('first'));
	const marked = { order_key: order.key, status: 'buying', prompt: order.prompt };
	await once.addRows({ order_key: order.key }, { ...marked, image_urls: order.image_urls });
	const id = await once.startCall(order);
	await until('it has stepped back', async () => (await once.rows(order)).length === 1);
	expect(await once.rows(order)).toMatchObject([{ status: 'buying', request_id: null }]);
	await once.deleteRows(order);
	const { status, error } = await session.n8n.finished(id);
	expect([status, error!.message]).toStrictEqual([
		'error',
		"Order '8001' came from two calls in the same moment. Nothing was bought: call it again.",
	]);
	expect(once.purchases(order)).toBe(0);
});
