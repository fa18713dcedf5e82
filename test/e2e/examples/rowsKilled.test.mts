import type { Fault } from '../../../simulator/index.mts';
import { until } from '../../support/until.mts';
import { buy } from '../../support/buy.mts';
import type { Step } from './gate.mts';
import { RowsSession, SECONDLY, TRIGGER } from './rows.mts';
import type { Copy } from './rows.mts';
import type { Row } from './table.mts';

/**
 * Moments inside the RunComfy nodes: the request has reached RunComfy, and n8n never hears of it. Two
 * clips that were bought before are looked at together, and both looks hang: one of them that went on
 * would take the next moment's fault.
 */
const REQUESTS: Record<string, Fault> = {
	'a submit that is not bought': { on: 'submit', hang: true },
	'a submit that is bought': { on: 'submit', after: true, hang: true },
	'a look at the status': { on: 'status', hang: true, times: 2 },
	'a read of the result': { on: 'result', hang: true, times: 2 },
	'a download': { on: 'file', hang: true },
};

interface Killed extends Copy {
	/** The new row and how often it was bought, as n8n left them when it was killed. */
	left: { row: Row; purchases: number };
}

let rows: RowsSession;
/** Request ids of clips that are bought before any run: one that is finished, one that has failed. */
let bought: string;
let broken: string;
/** All moments of a run that nobody disturbs. */
let moments: string[];
const killed: Killed[] = [];
const SCHEDULED = 'scheduled';
/** Runs on its own schedule, until n8n is killed in this execution. */
let scheduled: Copy;
let scheduledExecution: string;

beforeAll(async () => {
	rows = await RowsSession.start();
	const { n8n, simulator } = rows.session;
	bought = await buy(simulator, { prompt: 'bought before' });
	simulator.planJobs({ outcome: 'failed', jobError: 'no face' });
	broken = await buy(simulator, { prompt: 'broken before' });

	const whole = await addCopy('whole');
	expect((await n8n.run(whole.workflowId, TRIGGER)).status).toBe('success');
	await assertOldRows(whole);
	await rows.assertDone(whole, (await newRows(whole))[0]);
	moments = rows.gate.steps.map(
		({ node, when }, nth) => `${String(nth).padStart(2, '0')}, ${when} ${node.replace('?', '')}`,
	);
	await killEverywhere();
});

afterAll(async () => await rows?.end());

const promptOf = ({ name }: Copy) => `${name}: Figure 1 waves`;

/** A copy with a row in each state, the first of which has to be bought. */
async function addCopy(name: string): Promise<Copy> {
	const copy = await rows.addCopy(name);
	await copy.table.add([
		{ prompt: promptOf(copy) },
		{ prompt: ' ' },
		{ prompt: 'bought before', status: 'bought', request_id: bought },
		{ prompt: 'broken before', status: 'bought', request_id: broken },
		{ prompt: 'marked before', status: 'buying' },
		{ prompt: 'finished', status: 'done', request_id: 'finished', file_name: 'finished.mp4' },
	]);
	return copy;
}

const newRows = async ({ table }: Copy) => (await table.rows()).slice(0, 2);

async function startCopy(name: string): Promise<Copy> {
	const copy = await addCopy(name);
	await rows.session.n8n.startRun(copy.workflowId, TRIGGER);
	return copy;
}

async function startScheduled(): Promise<Copy> {
	const copy = await rows.addCopy(SCHEDULED, { [TRIGGER]: SECONDLY });
	await copy.table.add([{ prompt: promptOf(copy) }]);
	await rows.session.n8n.publish(copy.workflowId);
	return copy;
}

/** Brings a copy to each moment, cuts the power, and starts n8n again. */
async function killEverywhere(): Promise<void> {
	const { gate, session } = rows;
	const { n8n, simulator } = session;
	gate.holds = ({ workflow, node, when }, nth) =>
		moments[nth] === workflow || (workflow === SCHEDULED && node === 'Create' && when === 'after');
	scheduled = await startScheduled();
	const started = await Promise.all(moments.map(startCopy));
	await until('each copy waits', () => gate.waiting.length === moments.length + 1);
	for (const [name, fault] of Object.entries(REQUESTS)) {
		simulator.addFaults(fault);
		const hung = () =>
			simulator.log.filter(({ kind, answered }) => kind === fault.on && !answered).length;
		const all = hung() + (fault.times ?? 1);
		started.push(await startCopy(name));
		await until(`${name} hangs`, () => hung() >= all);
	}
	const isScheduled = ({ workflow }: Step) => workflow === SCHEDULED;
	scheduledExecution = gate.waiting.find(isScheduled)!.executionId;
	await n8n.kill();
	gate.release();
	await n8n.restart();
	await rows.unpublish(scheduled);
	for (const copy of started) {
		const [row] = await newRows(copy);
		killed.push({ ...copy, left: { row, purchases: rows.purchases(promptOf(copy)) } });
	}
}

/** A row that may have been bought, and nobody but RunComfy knows its request id. */
const isInDoubt = ({ status, request_id: id }: Row) => status === 'buying' && !id;

/** Checks that a row in doubt says what to do, and is left alone. */
function assertReported(row: Row): void {
	expect([row.prompt, isInDoubt(row)]).toStrictEqual([row.prompt, true]);
	expect(row.reason!).toMatch(/Look at Generations on runcomfy\.com/);
}

/** Checks all rows but the first. */
async function assertOldRows(copy: Copy): Promise<void> {
	const [, blank, boughtBefore, brokenBefore, marked, finished] = await copy.table.rows();
	await rows.assertDone(copy, boughtBefore);
	expect([brokenBefore.status, brokenBefore.request_id]).toStrictEqual(['failed', broken]);
	expect(brokenBefore.reason!).toMatch(/no face/);
	assertReported(marked);
	expect([finished.status, finished.file_name]).toStrictEqual(['done', 'finished.mp4']);
	if (isInDoubt(blank)) return assertReported(blank);
	expect(blank.status).toBe('failed');
	expect(blank.reason!).toMatch(/'Prompt' is empty/);
}

test('n8n is killed at every node, between any two, and inside each request', async () => {
	const { n8n, simulator } = rows.session;
	for (const { workflowId } of killed)
		expect((await n8n.run(workflowId, TRIGGER)).status).toBe('success');

	const inDoubt: Record<string, string[]> = { bought: [], 'not bought': [] };
	for (const copy of killed) {
		const { row, purchases } = copy.left;
		const [fresh] = await newRows(copy);
		const all = rows.purchases(promptOf(copy));
		if (isInDoubt(row)) {
			assertReported(fresh);
			expect([copy.name, all]).toStrictEqual([copy.name, purchases]);
			inDoubt[all ? 'bought' : 'not bought'].push(copy.name.replace(/^\d+, /, ''));
		} else {
			await rows.assertDone(copy, fresh);
			expect([copy.name, all]).toStrictEqual([copy.name, 1]);
		}
		if (row.request_id) expect(fresh.request_id).toBe(row.request_id);
		await assertOldRows(copy);
	}
	expect(inDoubt).toStrictEqual({
		bought: ['after Create', 'before Write Request ID', 'a submit that is bought'],
		'not bought': [
			'after Mark Row',
			'before Is It Ours',
			'after Is It Ours',
			'before Create',
			'a submit that is not bought',
		],
	});
	for (const prompt of ['marked before', 'finished', ' ']) expect(rows.purchases(prompt)).toBe(0);
	for (const prompt of ['bought before', 'broken before']) expect(rows.purchases(prompt)).toBe(1);
	expect(simulator.log.some(({ requestId }) => requestId === 'finished')).toBe(false);
});

test('a crashed run of the schedule that is retried buys nothing again', async () => {
	const { n8n } = rows.session;
	expect((await n8n.execution(scheduledExecution)).status).toBe('crashed');
	const path = `/rest/executions/${scheduledExecution}/retry`;
	const retry = await n8n.rest<{ id: string }>('POST', path, { loadWorkflow: false });
	expect((await n8n.finished(retry.id)).status).toBe('success');
	const [row] = await scheduled.table.rows();
	assertReported(row);
	expect(rows.purchases(promptOf(scheduled))).toBe(1);
});
