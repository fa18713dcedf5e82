import { isBefore } from '../../../scripts/runtime/n8n.mjs';
import { buy } from '../../support/buy.mts';
import type { Execution } from '../../support/n8n/server.mts';
import { until } from '../../support/until.mts';
import { SheetSession, TRIGGER } from './sheet.mts';
import type { Copy, Row } from './sheet.mts';

/** More than n8n uploads to Drive at a time (2 MiB). */
const CLIP_BYTES = 5_000_000;

let sheets: SheetSession;

beforeAll(async () => {
	sheets = await SheetSession.start();
});

beforeEach(() => {
	sheets.session.simulator.reset();
	sheets.google.log.length = 0;
});

afterAll(async () => await sheets?.end());

/** Why a row was not bought. Until 2.17, n8n's Google Drive node leaves files out that it cannot download. */
const notFound = (link: number) =>
	isBefore('2.20')
		? /^A file of drive_files could not be downloaded\.$/
		: new RegExp(`^Link ${link} of drive_files: .* could not be found$`);

const run = async ({ workflowId }: Copy): Promise<Execution> =>
	await sheets.session.n8n.run(workflowId, TRIGGER);

const states = ({ sheet }: Copy) => sheet.rows.map(({ status }) => status);
const isDone = (status: unknown) => status === 'done';
const writes = () => sheets.google.log.filter((line) => line.endsWith(':batchUpdate'));

test('rows with files in Drive become clips in Drive, and a second run buys nothing', async () => {
	const { session, photos, proxy, google } = sheets;
	const { simulator, submits } = session;
	const { 'photo.jpg': jpg, 'photo.png': png, 'lossy.webp': webp } = photos;
	simulator.planJobs({ nth: 2, fileBytes: CLIP_BYTES });
	const copy = await sheets.addCopy('happy', [
		{ prompt: 'Figure 1 waves', drive_files: jpg },
		{ prompt: 'Figures 1, 2 and 3 dance', drive_files: `${webp}, ${jpg}\n${png}` },
		{ prompt: 'One photo is lost', drive_files: `${jpg}, ${'x'.repeat(33)}` },
		{ prompt: 'No photo', drive_files: 'photo.jpg' },
		{ prompt: 'Figure 2 is not there', drive_files: jpg },
		{ prompt: 'Figure 1 jumps', drive_files: png },
	]);
	expect((await run(copy)).status).toBe('success');

	const [waves, dance, lost, none, figure, jumps] = copy.sheet.rows;
	for (const row of [waves, dance, jumps]) await sheets.assertDone(copy, row);
	sheets.assertFigures(waves, ['photo.jpg']);
	sheets.assertFigures(dance, ['lossy.webp', 'photo.jpg', 'photo.png']);
	sheets.assertFigures(jumps, ['photo.png']);
	const failed = [lost, none, figure];
	for (const { status, request_id: id } of failed)
		expect([status, id]).toStrictEqual(['failed', '']);
	expect(String(lost.reason)).toMatch(notFound(2));
	expect(String(none.reason)).toMatch(notFound(1));
	expect(String(figure.reason)).toMatch(/The prompt names Figure 2/);
	expect(google.drive.filesIn(copy.folder)).toHaveLength(3);
	expect(submits()).toBe(3);
	for (const tunnel of proxy.tunnels)
		expect([tunnel, tunnel in google.standIns]).toStrictEqual([tunnel, true]);

	const rows = structuredClone(copy.sheet.rows);
	const requests = simulator.log.length;
	google.log.length = 0;
	expect((await run(copy)).status).toBe('success');
	expect(copy.sheet.rows).toStrictEqual(rows);
	expect(simulator.log.length).toBe(requests);
	expect(writes()).toStrictEqual([]);
});

test('on its schedule, each row is bought once, though runs overlap', async () => {
	const { session, photos } = sheets;
	const { simulator, submits } = session;
	// Each submit takes longer than the time between two runs.
	simulator.addFaults({ on: 'submit', delayMs: 1500, times: -1 });
	const prompts = ['Figure 1 waves', 'Figure 1 jumps', 'Figure 1 sings'];
	const rows = prompts.map((prompt) => ({ prompt, drive_files: photos['photo.jpg'] }));
	const copy = await sheets.addCopy('schedule', rows);
	await sheets.runOnSchedule(copy, () => states(copy).every(isDone));
	for (const row of copy.sheet.rows) await sheets.assertDone(copy, row);
	expect(submits()).toBe(3);
});

test('two runs that see the same row buy it once', async () => {
	const { session, photos, gate } = sheets;
	const row = { prompt: 'Figure 1 waves', drive_files: photos['photo.jpg'] };
	const copy = await sheets.addCopy('two at once', [row]);
	gate.holds = ({ node, when }) => node === 'Mark Row' && when === 'before';
	const runs = [run(copy), run(copy)];
	await until('both are about to mark the row', () => gate.waiting.length === 2);
	gate.release();
	for (const { status } of await Promise.all(runs)) expect(status).toBe('success');
	await sheets.assertDone(copy, copy.sheet.rows[0]);
	expect(session.submits()).toBe(1);
});

test('what fails is written into its row, and only what may go well later is tried again', async () => {
	const { session, photos, google } = sheets;
	const { simulator, submits } = session;
	simulator.addFaults(
		{ on: 'submit', nth: 1, error: 400002 },
		{ on: 'submit', nth: 2, after: true, reset: true },
	);
	simulator.planJobs({ nth: 2, outcome: 'failed', jobError: 'no face' });
	google.refuse({ method: 'POST', path: '/upload/', code: 403 });
	const prompts = ['refused', 'not confirmed', 'broken', 'not uploaded', 'done'];
	const rows: Row[] = prompts.map((prompt) => ({ prompt, drive_files: photos['photo.jpg'] }));
	rows.push({ prompt: 'no ID', status: 'bought' });
	const copy = await sheets.addCopy('failures', rows);
	expect((await run(copy)).status).toBe('success');
	expect(states(copy)).toStrictEqual(['failed', 'buying', 'failed', 'bought', 'done', 'bought']);
	const [refused, unconfirmed, broken, notUploaded] = copy.sheet.rows.map(({ reason }) =>
		String(reason),
	);
	expect(refused).toMatch(/The RunComfy balance is too low/);
	expect(unconfirmed).toMatch(/did not confirm the request.* Look at Generations/);
	expect(broken).toMatch(/no face/);
	expect(notUploaded).toMatch(/^Google Drive: /);

	const before = simulator.log.length;
	expect((await run(copy)).status).toBe('success');
	expect(states(copy)).toStrictEqual(['failed', 'buying', 'failed', 'done', 'done', 'bought']);
	const again = simulator.log.slice(before).map(({ kind }) => kind);
	expect(again).toStrictEqual(['status', 'result', 'file']);

	// Their owner wants them anew; the second one is not there under Generations.
	for (const row of [1, 2, 3])
		for (const name of ['status', 'request_id']) copy.sheet.set(row, name, '');
	await sheets.runOnSchedule(copy, () => states(copy).slice(0, 3).every(isDone));
	expect(states(copy)).toStrictEqual(['done', 'done', 'done', 'done', 'done', 'bought']);
	for (const row of copy.sheet.rows.slice(0, 5)) await sheets.assertDone(copy, row);
	expect(submits()).toBe(8);
});

test('a row in doubt whose clip was bought is fetched by the ID that its owner writes', async () => {
	const { session, photos } = sheets;
	const { simulator, submits } = session;
	const drive_files = photos['photo.jpg'];
	const id = await buy(simulator, { prompt: 'found' });
	const found = { prompt: 'found', drive_files, status: 'bought', request_id: id };
	const copy = await sheets.addCopy('found', [found]);
	expect((await run(copy)).status).toBe('success');
	await sheets.assertDone(copy, copy.sheet.rows[0]);
	expect(submits()).toBe(1);
});

test('a row is found again though the sheet is sorted and Google refuses a write', async () => {
	const { session, photos, google, gate } = sheets;
	const drive_files = photos['photo.jpg'];
	const copy = await sheets.addCopy('sorted', [
		{ prompt: 'first', drive_files },
		{ prompt: 'second', drive_files },
	]);
	gate.holds = ({ node, when }) => node === 'Write Request ID' && when === 'before';
	const running = run(copy);
	await until('the first row is bought', () => gate.waiting.length === 1);
	copy.sheet.cells.splice(1, 2, ...copy.sheet.cells.slice(1).reverse());
	google.refuse({ method: 'POST', path: ':batchUpdate', code: 429 });
	gate.release();
	expect((await running).status).toBe('success');
	for (const row of copy.sheet.rows) await sheets.assertDone(copy, row);
	expect(session.submits()).toBe(2);
});

test.each(['status', 'request_id', 'run'])(
	"without a column '%s', nothing is bought",
	async (name) => {
		const { session, photos } = sheets;
		const row = { prompt: 'Figure 1 waves', drive_files: photos['photo.jpg'] };
		const copy = await sheets.addCopy(`no ${name}`, [row]);
		copy.sheet.set(0, name, `${name}s`);
		const { status, error } = await run(copy);
		expect(status).toBe('error');
		expect(error?.message).toContain(`"${name}"`);
		expect(session.submits()).toBe(0);
	},
);

test('a run buys ten rows, and the next one the rest', async () => {
	const { session, photos } = sheets;
	const rows = Array.from({ length: 11 }, (_, index) => ({
		prompt: `clip ${index}`,
		drive_files: photos['photo.jpg'],
	}));
	const copy = await sheets.addCopy('many', rows);
	for (const bought of [10, 11]) {
		expect((await run(copy)).status).toBe('success');
		expect(session.submits()).toBe(bought);
	}
	for (const row of copy.sheet.rows) await sheets.assertDone(copy, row);
});

test('with Dry Run, a sample goes through all nodes and nothing is bought', async () => {
	const { session, photos, google } = sheets;
	const row = { prompt: 'Figure 1 waves', drive_files: photos['photo.jpg'] };
	const changes = { Create: { options: { dryRun: true } } };
	const copy = await sheets.addCopy('dry run', [row], changes);
	expect((await run(copy)).status).toBe('success');
	expect(states(copy)).toStrictEqual(['done']);
	expect(String(copy.sheet.rows[0].request_id)).toMatch(/^dry-run-/);
	expect(google.drive.filesIn(copy.folder)).toHaveLength(1);
	expect(session.submits()).toBe(0);
});
