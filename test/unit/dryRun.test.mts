import { answer, isDryRunId, isDryRunPath } from '../../dist/nodes/RunComfy/api/dryRun.js';
import { isRequestId } from '../../dist/nodes/RunComfy/api/ids.js';

const ORDERED = Date.UTC(2026, 10, 25, 12, 30);
const MODEL = '/v1/models/kling/kling-video-o3/standard/reference-to-video';

const order = (now = ORDERED): string => String(answer(MODEL, now, 'video').body.request_id);
/** What is answered about a request of `id`, so long after its order. */
const ask = (id: string, what: string, ageMs: number) =>
	answer(`/v1/requests/${id}/${what}`, ORDERED + ageMs);

describe('the order of a dry run', () => {
	test('gets an ID that RunComfy could have given, and that nobody takes for one of its', () => {
		const id = order();
		expect(id).toMatch(/^dry-run-\w+-\w+$/);
		expect(isRequestId(id)).toBe(true);
		expect(isDryRunId(id)).toBe(true);
	});

	test('gets an ID of its own, in the same moment too', () => {
		expect(new Set(Array.from({ length: 100 }, () => order())).size).toBe(100);
	});

	test('is queued', () => {
		const { statusCode, body } = answer(MODEL, ORDERED, 'video');
		expect([statusCode, body.status]).toStrictEqual([200, 'in_queue']);
	});
});

describe('the states of a dry run, by the clock alone', () => {
	const cases: Array<[number, string]> = [
		// The clock of another worker may be behind.
		[-500, 'in_queue'],
		[0, 'in_queue'],
		[999, 'in_queue'],
		[1000, 'in_progress'],
		[2999, 'in_progress'],
		[3000, 'completed'],
		[365 * 24 * 3_600_000, 'completed'],
	];
	for (const [ageMs, status] of cases) {
		test(`${status} after ${ageMs} ms`, () => {
			const id = order();
			const position = status === 'in_queue' && { queue_position: 1 };
			expect(ask(id, 'status', ageMs)).toStrictEqual({
				statusCode: 200,
				headers: {},
				body: { request_id: id, status, ...position },
			});
			expect(ask(id, 'result?include_cost=true', ageMs).body.status).toBe(status);
		});

		test(`a cancel after ${ageMs} ms`, () => {
			const id = order();
			const { statusCode, body } = ask(id, 'cancel', ageMs);
			const outcome = status === 'in_queue' ? 'cancelled' : 'not_cancellable';
			expect([statusCode, body]).toStrictEqual([202, { request_id: id, status, outcome }]);
		});
	}
});

describe('the result of a dry run', () => {
	test('has no output before it is finished', () => {
		const { body } = ask(order(), 'result', 2999);
		expect(body.created_at).toBe('2026-11-25T12:30:00.000Z');
		expect(body).not.toHaveProperty('output');
		expect(body).not.toHaveProperty('finished_at');
	});

	test('is complete, and its link leads nowhere', () => {
		const id = order();
		expect(ask(id, 'result?include_cost=true', 3000).body).toStrictEqual({
			request_id: id,
			status: 'completed',
			created_at: '2026-11-25T12:30:00.000Z',
			finished_at: '2026-11-25T12:30:03.000Z',
			output: { video: `https://dry-run.invalid/${id}.mp4` },
			cost: 0,
		});
	});
});

describe('what begins like a request of a dry run', () => {
	test.each(['dry-run-', 'dry-run-1', 'dry-run-mif3k2x9-', 'dry-run-MIF3K2X9-00000000'])(
		'%s is not there, and not asked for elsewhere',
		(id) => {
			expect(isDryRunId(id)).toBe(true);
			expect(isDryRunPath(`/v1/requests/${id}/status`)).toBe(true);
			const { statusCode, body } = ask(id, 'status', 0);
			expect([statusCode, body.error_code]).toStrictEqual([404, 404001]);
		},
	);
});

describe('what is none', () => {
	for (const id of [
		'3f2b8c1e-5d4a-4e0b-9b7a-2c6d8e9f0a1b',
		'my-dry-run-1',
		'dry_run-1',
		'',
		7,
		null,
	])
		test(JSON.stringify(id), () => {
			expect(isDryRunId(id)).toBe(false);
			expect(isDryRunPath(`/v1/requests/${id}/status`)).toBe(false);
		});
	test('a model', () => expect(isDryRunPath('/v1/models/dry-run-1/a')).toBe(false));
});

describe('what a dry run makes', () => {
	test.each([
		['video', '.mp4'],
		['image', '.png'],
		['audio', '.wav'],
	] as const)('%s: the ID tells', (kind, ending) => {
		const id = String(answer(MODEL, ORDERED, kind).body.request_id);
		expect(isRequestId(id)).toBe(true);
		expect(isDryRunId(id)).toBe(true);
		const output = { [kind]: `https://dry-run.invalid/${id}${ending}` };
		expect(ask(id, 'result', 3000).body.output).toStrictEqual(output);
		expect(ask(id, 'status', 0).body.status).toBe('in_queue');
	});
});
