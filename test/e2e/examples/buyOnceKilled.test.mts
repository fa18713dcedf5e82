import type { Fault } from '../../../simulator/index.mts';
import { startSession, type Session } from '../../support/n8n/session.mts';
import { until } from '../../support/until.mts';
import { Gate } from './gate.mts';
import { BuyOnce, orderOf, type OrderRow } from './orders.mts';

/** Moments inside the RunComfy nodes: the request has reached RunComfy, and n8n never hears of it. */
const REQUESTS: Record<string, Fault> = {
	'a submit that is not bought': { on: 'submit', hang: true },
	'a submit that is bought': { on: 'submit', after: true, hang: true },
	'a look at the status': { on: 'status', hang: true },
	'a read of the result': { on: 'result', hang: true },
	'a download': { on: 'file', hang: true },
};

let session: Session;
let gate: Gate;

beforeAll(async () => {
	gate = await Gate.open();
	session = await startSession({ queueMs: 0, runMs: 0 }, { env: gate.env });
});

afterAll(async () => {
	await session?.end();
	gate?.close();
});

/** All moments of a call that nobody disturbs. */
async function undisturbed(): Promise<string[]> {
	const once = await BuyOnce.add(session, 'whole');
	await once.assertBrought(await once.call(orderOf('whole')), orderOf('whole'));
	return gate.steps
		.filter(({ workflow }) => workflow === 'whole')
		.map(
			({ node, when }, nth) => `${String(nth).padStart(2, '0')}, ${when} ${node.replace('?', '')}`,
		);
}

/** Starts a call of a copy of its own; once n8n was killed, a row that says `buying` is old enough. */
async function startCall(name: string): Promise<BuyOnce> {
	const once = await BuyOnce.add(session, name, 0);
	await once.startCall(orderOf(name));
	return once;
}

/** A row that may have been bought, and nobody but RunComfy knows its request id. */
const isInDoubt = (row?: OrderRow) => row?.status === 'buying' && !row.request_id;

test('n8n is killed at every node, between any two, and inside each request: called again, nothing is lost or bought twice', async () => {
	const { n8n, simulator } = session;
	const moments = await undisturbed();
	gate.holds = ({ workflow }, nth) => moments[nth] === workflow;
	const copies = await Promise.all(moments.map(startCall));
	await until('each copy waits', () => gate.waiting.length === moments.length);
	for (const [name, fault] of Object.entries(REQUESTS)) {
		simulator.addFaults(fault);
		const hung = () =>
			simulator.log.filter(({ kind, answered }) => kind === fault.on && !answered).length;
		const all = hung() + 1;
		copies.push(await startCall(name));
		await until(`${name} hangs`, () => hung() >= all);
	}
	await n8n.kill();
	gate.release();
	await n8n.restart();

	const inDoubt: Record<string, string[]> = { bought: [], 'not bought': [] };
	const callAgain = async (once: BuyOnce) => {
		const order = orderOf(once.name);
		const [left] = await once.rows();
		const purchases = once.purchases(order);
		return { once, order, left, purchases, execution: await once.call(order) };
	};
	for (const again of await Promise.all(copies.map(callAgain))) {
		const { once, order, left, purchases, execution } = again;
		if (isInDoubt(left)) {
			expect([once.name, execution.error?.message]).toStrictEqual([
				once.name,
				expect.stringContaining('Look at Generations'),
			]);
			expect([once.name, once.purchases(order)]).toStrictEqual([once.name, purchases]);
			inDoubt[purchases ? 'bought' : 'not bought'].push(once.name.replace(/^\d+, /, ''));
		} else {
			const id = await once.assertBrought(execution, order);
			expect([once.name, once.purchases(order)]).toStrictEqual([once.name, 1]);
			if (left?.request_id) expect(id).toBe(left.request_id);
		}
		expect([once.name, (await once.rows()).length]).toStrictEqual([once.name, 1]);
	}
	expect(inDoubt).toStrictEqual({
		bought: ['after Create', 'before Write Request ID', 'a submit that is bought'],
		'not bought': [
			'after Mark Row',
			'before Marked Rows',
			'after Marked Rows',
			'before Only One',
			'after Only One',
			'before Create',
			'a submit that is not bought',
		],
	});
});
