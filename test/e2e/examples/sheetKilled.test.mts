import type { Fault } from '../../../simulator/index.mts';
import { buy } from '../../support/buy.mts';
import { until } from '../../support/until.mts';
import { SheetSession, TRIGGER } from './sheet.mts';
import type { Copy, Row } from './sheet.mts';

/** Moments inside Create: the submit has reached RunComfy, and n8n never hears of it. */
const SUBMITS: Record<string, Fault> = {
	'a submit that is not bought': { on: 'submit', hang: true },
	'a submit that is bought': { on: 'submit', after: true, hang: true },
};

interface Killed extends Copy {
	/** The new row and how often it was bought, as n8n left them when it was killed. */
	left: { row: Row; purchases: number };
}

let sheets: SheetSession;
/** The request id of a finished clip that was bought before any run. */
let bought: string;
/** All moments of a run that nobody disturbs. */
let moments: string[];
const killed: Killed[] = [];

beforeAll(async () => {
	sheets = await SheetSession.start();
	const { n8n, simulator } = sheets.session;
	bought = await buy(simulator, { prompt: 'bought before' });
	const whole = await addCopy('whole');
	expect((await n8n.run(whole.workflowId, TRIGGER)).status).toBe('success');
	await assertNewRow(whole);
	moments = sheets.gate.steps.map(
		({ node, when }, nth) => `${String(nth).padStart(2, '0')}, ${when} ${node.replace('?', '')}`,
	);
	await killEverywhere();
});

afterAll(async () => await sheets?.end());

const promptOf = ({ name }: Pick<Copy, 'name'>) => `${name}: Figure 1 waves to Figure 2`;

/** A copy with a row in each state, the first of which has to be bought. */
async function addCopy(name: string): Promise<Copy> {
	const { 'photo.jpg': jpg, 'photo.png': png } = sheets.photos;
	return await sheets.addCopy(name, [
		{ prompt: promptOf({ name }), drive_files: `${jpg}\n${png}` },
		{ prompt: 'bought before', drive_files: jpg, status: 'bought', request_id: bought },
		{ prompt: 'marked before', drive_files: jpg, status: 'buying', reason: 'in doubt' },
		{ prompt: 'finished', drive_files: jpg, status: 'done', request_id: 'finished' },
	]);
}

/** Brings a copy to each moment, cuts the power, and starts n8n again. */
async function killEverywhere(): Promise<void> {
	const { gate, session } = sheets;
	const { n8n, simulator } = session;
	const start = async (name: string) => {
		const copy = await addCopy(name);
		await n8n.startRun(copy.workflowId, TRIGGER);
		return copy;
	};
	gate.holds = ({ workflow }, nth) => moments[nth] === workflow;
	const started = await Promise.all(moments.map(start));
	await until('each copy waits', () => gate.waiting.length === moments.length);
	for (const [name, fault] of Object.entries(SUBMITS)) {
		simulator.addFaults(fault);
		const hung = () =>
			simulator.log.filter(({ kind, answered }) => kind === 'submit' && !answered).length;
		const all = hung() + 1;
		started.push(await start(name));
		await until(`${name} hangs`, () => hung() === all);
	}
	await n8n.kill();
	gate.release();
	for (const copy of started) {
		const row = copy.sheet.rows[0];
		killed.push({ ...copy, left: { row, purchases: sheets.purchases(promptOf(copy)) } });
	}
	await n8n.restart();
}

async function assertNewRow(copy: Copy): Promise<void> {
	const [row] = copy.sheet.rows;
	await sheets.assertDone(copy, row);
	sheets.assertFigures(row, ['photo.jpg', 'photo.png']);
	expect([copy.name, sheets.purchases(promptOf(copy))]).toStrictEqual([copy.name, 1]);
}

/** Checks all rows but the first. */
async function assertOldRows(copy: Copy): Promise<void> {
	const [, boughtBefore, marked, finished] = copy.sheet.rows;
	await sheets.assertDone(copy, boughtBefore);
	expect([marked.status, marked.request_id, marked.reason]).toStrictEqual([
		'buying',
		'',
		'in doubt',
	]);
	expect([finished.status, finished.request_id]).toStrictEqual(['done', 'finished']);
}

/** A row that may have been bought, and nobody but RunComfy knows its request id. */
const isInDoubt = ({ status, request_id: id }: Row) => status === 'buying' && !id;

test('n8n is killed at every node, between any two, and inside a submit', async () => {
	const { n8n, simulator } = sheets.session;
	for (const { workflowId } of killed)
		expect((await n8n.run(workflowId, TRIGGER)).status).toBe('success');

	const inDoubt: Record<string, string[]> = { bought: [], 'not bought': [] };
	for (const copy of killed) {
		const { row, purchases } = copy.left;
		const [fresh] = copy.sheet.rows;
		if (isInDoubt(row)) {
			expect([copy.name, fresh]).toStrictEqual([copy.name, row]);
			expect(String(row.reason)).toMatch(/look at Generations on runcomfy\.com/);
			const all = sheets.purchases(promptOf(copy));
			expect([copy.name, all]).toStrictEqual([copy.name, purchases]);
			inDoubt[all ? 'bought' : 'not bought'].push(copy.name.replace(/^\d+, /, ''));
		} else await assertNewRow(copy);
		if (row.request_id) expect(fresh.request_id).toBe(row.request_id);
		await assertOldRows(copy);
	}
	expect(inDoubt).toStrictEqual({
		bought: ['after Create', 'before Write Request ID', 'a submit that is bought'],
		'not bought': [
			'after Mark Row',
			'before List Files',
			'after List Files',
			'before One Item Each',
			'after One Item Each',
			'before Download File',
			'after Download File',
			'before All Files There',
			'after All Files There',
			'before Create',
			'a submit that is not bought',
		],
	});
	for (const prompt of ['marked before', 'finished']) expect(sheets.purchases(prompt)).toBe(0);
	expect(sheets.purchases('bought before')).toBe(1);
	expect(simulator.log.some(({ requestId }) => requestId === 'finished')).toBe(false);

	// What was uploaded, but not written down, is uploaded once more, as the note says.
	for (const copy of killed) {
		const isTwice = /(after Upload Clip|before Write Link)$/.test(copy.name);
		const files = sheets.google.drive.filesIn(copy.folder);
		const own = files.filter(({ name }) => name === `${bought}.mp4`);
		expect([copy.name, own.length]).toStrictEqual([copy.name, isTwice ? 2 : 1]);
	}
});
