import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { startSession, type Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { BuyOnce, orderOf } from './orders.mts';

let session: Session;

before(async () => {
	session = await startSession({ queueMs: 0, runMs: 0 });
});

beforeEach(() => session.simulator.reset());

after(async () => await session?.end());

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
	assert.deepEqual([status, others], ['bought', []]);
	for (const execution of executions) assert.equal(await once.assertBrought(execution, order), id);
	assert.equal(submits(), 1);
});

test('several orders in one call are a clip each, and two with the same key are one', async () => {
	const once = await BuyOnce.add(session, 'several');
	const [one, other] = [orderOf('2001'), orderOf('2002')];
	const execution = await once.call(one, other, one);
	const ids = [];
	for (const [at, order] of [one, other, one].entries())
		ids.push(await once.assertBrought(execution, order, at));
	assert.equal(ids[0], ids[2]);
	assert.equal(session.submits(), 2);
});

test('what was refused is told, and tried again with the next call', async () => {
	const once = await BuyOnce.add(session, 'refused');
	const order = orderOf('3001');
	session.simulator.addFaults({ on: 'submit', error: 400002 });
	const { status, error } = await once.call(order);
	assert.equal(status, 'error');
	assert.match(error!.message, /The RunComfy balance is too low/);
	await once.assertBrought(await once.call(order), order);
	assert.equal(once.purchases(order), 1);
});

test('of what may have been bought, each call says so and buys nothing', async () => {
	const once = await BuyOnce.add(session, 'in doubt');
	const order = orderOf('4001');
	session.simulator.addFaults({ on: 'submit', after: true, reset: true });
	for (let calls = 0; calls < 2; calls++) {
		const { status, error } = await once.call(order);
		assert.equal(status, 'error');
		assert.match(error!.message, /did not confirm the request.*Look at Generations/s);
	}
	assert.equal(session.submits(), 1);
});

test('a clip that failed keeps its reason', async () => {
	const once = await BuyOnce.add(session, 'failed');
	const order = orderOf('5001');
	session.simulator.planJobs({ outcome: 'failed', jobError: 'no face' });
	for (let calls = 0; calls < 2; calls++) {
		const { status, error } = await once.call(order);
		assert.equal(status, 'error');
		assert.match(`${error!.message} ${error!.description}`, /no face/);
	}
	assert.equal(session.submits(), 1);
});

test('without a key nothing is bought', async () => {
	const once = await BuyOnce.add(session, 'no key');
	const { status, error } = await once.call(orderOf(''));
	assert.equal(status, 'error');
	assert.match(error!.message, /'key' is empty/);
	assert.equal(session.submits(), 0);
});
