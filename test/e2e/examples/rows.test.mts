import type { Execution } from '../../support/n8n/server.mts';
import { until } from '../../support/until.mts';
import { RowsSession, SECONDLY, TRIGGER } from './rows.mts';
import { Table } from './table.mts';
import type { Row } from './table.mts';

let rows: RowsSession;

beforeAll(async () => {
	rows = await RowsSession.start();
});

beforeEach(() => rows.session.simulator.reset());

afterAll(async () => await rows?.end());

const PROMPTS = ['Figure 1 waves', 'Figure 1 jumps', 'Figure 1 sings'];

test('on its schedule, the example makes its table and each clip once, though runs overlap', async () => {
	const { n8n, simulator } = rows.session;
	// Each submit takes longer than the time between two runs.
	simulator.addFaults({ on: 'submit', delayMs: 1500, times: -1 });
	const { name, workflowId, folder } = await rows.addExample('schedule', { [TRIGGER]: SECONDLY });
	await n8n.publish(workflowId);
	await until('the table is there', () => Table.find(n8n, name));
	const table = (await Table.find(n8n, name))!;
	await table.add(PROMPTS.map((prompt) => ({ prompt })));

	const isDone = ({ status }: Row) => status === 'done';
	await until('all clips are there', async () => (await table.rows()).every(isDone));
	await rows.unpublish({ workflowId });
	for (const row of await table.rows()) await rows.assertDone({ folder }, row);
	expect(PROMPTS.map((prompt) => rows.purchases(prompt))).toStrictEqual([1, 1, 1]);
	expect(rows.session.submits()).toBe(3);
});

test('two runs that see the same rows buy each of them once', async () => {
	const { gate, session } = rows;
	const { n8n } = session;
	const { workflowId, table, folder } = await rows.addCopy('two at once');
	await table.add(PROMPTS.map((prompt) => ({ prompt })));
	gate.holds = ({ node, when }) => node === 'Mark Row' && when === 'before';
	const runs = [n8n.run(workflowId, TRIGGER), n8n.run(workflowId, TRIGGER)];
	await until('both are about to mark the first row', () => gate.waiting.length === 2);
	gate.release();

	for (const { status } of await Promise.all(runs)) expect(status).toBe('success');
	for (const row of await table.rows()) await rows.assertDone({ folder }, row);
	expect(session.submits()).toBe(3);
});

test('a clip that is gone for ever is not asked for again', async () => {
	const { n8n, simulator } = rows.session;
	const { workflowId, table } = await rows.addCopy('gone');
	const prompts = ['file gone', 'file gone for good', 'request gone', 'expired'];
	await table.add(prompts.map((prompt) => ({ prompt })));
	simulator.planJobs({ nth: 4, outcome: 'expired' });
	simulator.addFaults(
		{ on: 'file', nth: 1, status: 404, times: -1 },
		{ on: 'file', nth: 2, status: 410, times: -1 },
		{ on: 'status', nth: 3, error: 404001, status: 200, times: -1 },
	);
	const check = async () => {
		const { status } = await n8n.run(workflowId, TRIGGER);
		expect(status).toBe('success');
		const found = await table.rows();
		expect(found.map((row) => row.status)).toStrictEqual(Array(4).fill('failed'));
		const [file, forGood, request, expired] = found.map(({ reason }) => reason!);
		for (const reason of [file, forGood]) expect(reason).toMatch(/is gone from its host/);
		expect(request).toMatch(/does not know this request/);
		expect(expired).toMatch(/has ended as 'expired'/);
	};
	await check();
	const before = simulator.log.length;
	await check();
	expect(simulator.log.length).toBe(before);
	expect(rows.session.submits()).toBe(4);
});

test('what fails is written into its row, and only what may go well later is tried again', async () => {
	const { n8n, simulator } = rows.session;
	const { workflowId, table } = await rows.addCopy('failures');
	await table.add(['refused', 'lost', 'broken', 'no download'].map((prompt) => ({ prompt })));
	simulator.addFaults(
		{ on: 'submit', nth: 1, error: 400002 },
		{ on: 'submit', nth: 2, after: true, reset: true },
	);
	simulator.planJobs(
		{ nth: 2, outcome: 'failed', jobError: 'no face' },
		{ nth: 3, videoUrl: 'https://example.com/clip.mp4' },
	);
	const states = async () => (await table.rows()).map(({ status }) => status);
	const check = async ({ status }: Execution) => {
		expect(status).toBe('success');
		expect(await states()).toStrictEqual(['failed', 'buying', 'failed', 'bought']);
		const [refused, lost, broken, late] = (await table.rows()).map(({ reason }) => reason!);
		expect(refused).toMatch(/The RunComfy balance is too low/);
		expect(lost).toMatch(/did not confirm the request.* Look at Generations/);
		expect(broken).toMatch(/no face/);
		expect(late).toMatch(/could not be downloaded/);
	};
	await check(await n8n.run(workflowId, TRIGGER));
	const before = simulator.log.length;
	await check(await n8n.run(workflowId, TRIGGER));
	const again = simulator.log.slice(before).map(({ kind }) => kind);
	expect(again).toStrictEqual(['status', 'result']);

	[...simulator.jobs.values()][2].plan.videoUrl = undefined;
	await n8n.run(workflowId, TRIGGER);
	expect(await states()).toStrictEqual(['failed', 'buying', 'failed', 'done']);
	expect(rows.session.submits()).toBe(4);
});
