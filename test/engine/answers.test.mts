import type { Fault, JobPlan } from '../../simulator/index.mts';
import { onlyError, outcomes } from './checks.mts';
import { play, RETRY, tally, type Operation } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);

const settings = { onError: 'continueErrorOutput' } as const;
const NOT_READY = { error: 400005 };
/** How an unfinished request reads where nobody knows its state. */
const BUSY = { merge: { status: 'reviewing', output: null } };
const LOOK = ['status', 'result'];

describe('an answer that is not the last', () => {
	const cases: Record<string, { faults: Fault[]; requests: string[] }> = {
		'"not ready" of the status, three times': {
			faults: [{ ...NOT_READY, on: 'status', times: 3 }],
			requests: ['status', 'status', 'status', ...LOOK, 'file'],
		},
		'"not ready" of the result, three times': {
			faults: [{ ...NOT_READY, on: 'result', times: 3 }],
			requests: [...LOOK, ...LOOK, ...LOOK, ...LOOK, 'file'],
		},
		'"not ready" in a 200': {
			faults: [{ ...NOT_READY, on: 'result', status: 200 }],
			requests: [...LOOK, ...LOOK, 'file'],
		},
		'"not ready" of both in turn': {
			faults: [
				{ ...NOT_READY, on: 'status', times: 2 },
				{ ...NOT_READY, on: 'result' },
			],
			requests: ['status', 'status', ...LOOK, ...LOOK, 'file'],
		},
		'a state that nobody knows, twice': {
			faults: [
				{ ...BUSY, on: 'status', times: 2 },
				{ ...BUSY, on: 'result', times: 2 },
			],
			requests: [...LOOK, ...LOOK, ...LOOK, 'file'],
		},
		'a state of the status alone that nobody knows': {
			faults: [{ ...BUSY, on: 'status', times: -1 }],
			requests: [...LOOK, 'file'],
		},
		'an end of the status alone that the result denies': {
			faults: [
				{ on: 'status', merge: { status: 'error' } },
				{ on: 'result', merge: { status: 'in_progress', output: null } },
			],
			requests: [...LOOK, ...LOOK, 'file'],
		},
		'no state at all, twice': {
			faults: [
				{ on: 'status', times: 2, merge: { status: null } },
				{ on: 'result', times: 2, merge: { status: null, output: null } },
			],
			requests: [...LOOK, ...LOOK, ...LOOK, 'file'],
		},
		'no state at all, but a video': {
			faults: [
				{ on: 'status', times: -1, merge: { status: null } },
				{ on: 'result', times: -1, merge: { status: null } },
			],
			requests: [...LOOK, 'file'],
		},
	};
	for (const [name, { faults, requests }] of Object.entries(cases))
		for (const operation of ['generate', 'waitForCompletion'] as const)
			for (const retry of [false, true])
				test.concurrent(`${operation}, ${retry ? 'with' : 'without'} retry: ${name}`, async () => {
					const played = await play({ operation, faults, settings: retry ? RETRY : {} });
					expect(outcomes(played).good).toHaveLength(1);
					const bought = operation === 'generate' ? ['submit'] : [];
					expect(played.requests).toStrictEqual([...bought, ...requests]);
				});

	const forEver: Record<string, { faults: Fault[]; status: string }> = {
		'"not ready" of the status': {
			faults: [{ ...NOT_READY, on: 'status', times: -1 }],
			status: 'in_queue',
		},
		'"not ready" of the result': {
			faults: [{ ...NOT_READY, on: 'result', times: -1 }],
			status: 'in_progress',
		},
		'a state that nobody knows': {
			faults: [
				{ ...BUSY, on: 'status', times: -1 },
				{ ...BUSY, on: 'result', times: -1 },
			],
			status: 'reviewing',
		},
	};
	test.concurrent.each(Object.entries(forEver))(
		'%s for ever ends at the deadline, as not lost',
		async (_name, { faults, status }) => {
			const parameters = { waitOptions: { pollInterval: 40, timeout: 20 } };
			const played = await play({ operation: 'generate', faults, settings, parameters });
			const error = onlyError(played, settings.onError);
			expect(`${error?.message}`).toMatch(new RegExp(`still ${status} after 20 s.*is not lost`));
			expect([error?.status, error?.submitted]).toStrictEqual([status, 'yes']);
			expect(tally(played.requests).submit).toBe(1);
		},
	);
});

describe('Get Status', () => {
	const states: Array<[string, JobPlan, Fault[], object]> = [
		['"not ready"', {}, [{ ...NOT_READY, on: 'status' }], { status: 'in_progress' }],
		['an unknown state', { outcome: 'reviewing' }, [], { status: 'reviewing' }],
		['an unknown end', { outcome: 'timed_out' }, [], { status: 'timed_out', is_finished: true }],
		['no state', {}, [{ on: 'status', merge: { status: null } }], { status: null }],
		[
			'the word of the status, not that of the result',
			{ outcome: 'succeeded', statusOutcome: 'completed' },
			[],
			{ status: 'completed', is_finished: true, is_successful: true },
		],
	];
	test.concurrent.each(states)('shows %s', async (_name, plan, faults, expected) => {
		const played = await play({ operation: 'getStatus', plans: [plan], faults });
		expect(played.requests).toStrictEqual(['status']);
		expect(outcomes(played).good[0].json).toStrictEqual({
			request_id: played.ids[0],
			is_finished: false,
			is_successful: false,
			...expected,
		});
	});
});

describe('an output without a video', () => {
	const outputs: Array<[string, JobPlan, unknown]> = [
		['is shown on the error item', { output: 'text' }, { text: 'no file' }],
		['is left out where there is none', { output: 'none' }, undefined],
		['is shown where its URL is none', { videoUrl: 'later' }, { video: 'later' }],
		[
			'is cleaned of files',
			{ videoUrl: `data:video/mp4;base64,${'QUJD'.repeat(500)}` },
			'{"video":"[file]"}',
		],
	];
	test.concurrent.each(outputs)('%s', async (_name, plan, output) => {
		const plans = [{ ...plan, jobError: [{ message: 'why' }] }];
		const played = await play({ operation: 'generate', plans, settings });
		const error = onlyError(played, settings.onError);
		expect(`${error?.message}`).toMatch(/returned no video for it.*RunComfy's words: why$/);
		expect(error?.output).toStrictEqual(output);
		// The output may come a little later than the state.
		expect(played.requests).toStrictEqual(['submit', ...LOOK, ...LOOK, ...LOOK]);
	});

	test.concurrent('is in the description of an error that stops the workflow', async () => {
		const { error } = await play({ operation: 'generate', plans: [{ output: 'text' }] });
		expect(`${error?.description}`).toMatch(/Output: \{&quot;text&quot;:&quot;no file&quot;\}/);
	});

	test.concurrent('of a request without any state names the base URL', async () => {
		const faults: Fault[] = [
			{ on: 'status', times: -1, merge: { status: null } },
			{ on: 'result', times: -1, merge: { status: null, output: null } },
		];
		const played = await play({ operation: 'waitForCompletion', faults, settings });
		const error = onlyError(played, settings.onError);
		expect(`${error?.message}`).toMatch(/has no state in what RunComfy returned.*'Base URL'/);
		expect(played.requests).toStrictEqual([...LOOK, ...LOOK, ...LOOK]);
	});
});

describe('a request that is gone', () => {
	const gone: Fault = { on: 'status', error: 404001, skip: 1, times: -1 };

	const played = async (operation: Operation, faults: Fault[]) => {
		const plans = [{ runMs: 60_000 }];
		return onlyError(await play({ operation, plans, faults, settings }), settings.onError);
	};

	test('after it was seen says so, and names no field that Generate does not have', async () => {
		const error = await played('generate', [gone]);
		expect(`${error?.message}`).toMatch(/does not know this request any more/);
		expect(`${error?.message}`).not.toMatch(/'Request ID'/);
		expect([error?.error_code, error?.submitted]).toStrictEqual([404001, 'yes']);
	});

	test('at the first look may never have been there', async () => {
		const error = await played('waitForCompletion', [{ ...gone, skip: 0 }]);
		expect(`${error?.message}`).toMatch(/never existed, was deleted or has expired.*'Request ID'/);
		expect(error?.submitted).toBe('unknown');
	});
});
