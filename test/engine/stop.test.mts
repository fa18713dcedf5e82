import type { Fault, LoggedRequest, Simulator } from '../../simulator/index.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { until } from '../support/until.mts';
import { runNode } from './harness.mts';
import { ON_ERROR, play, RETRY, type Scenario } from './scenario.mts';

interface Stopped {
	/** Kinds of the requests that were sent before and after the stop. */
	before: string[];
	after: string[];
	/** What the log says of the stop. */
	said: string[];
	ids: string[];
	log: LoggedRequest[];
}

/** Stops a run as soon as `when` holds. */
async function stopped(
	scenario: Scenario,
	when: (simulator: Simulator) => boolean,
): Promise<Stopped> {
	let sent = 0;
	const { requests, log, ids, simulator } = await play({
		...scenario,
		meanwhile: async ({ stop, simulator }) => {
			await until('it is the time to stop', () => when(simulator), { everyMs: 5 });
			sent = simulator.log.length;
			stop();
		},
	});
	const said = log.filter((line) => /^RunComfy: (stopped|item)/.test(line));
	return {
		before: requests.slice(0, sent),
		after: requests.slice(sent),
		said,
		ids,
		log: simulator.log,
	};
}

const seen = (kind: string, times: number) => (simulator: Simulator) =>
	simulator.log.filter((entry) => entry.kind === kind && entry.answered).length >= times;
/** Everything of this kind is answered, and the node has had the time to read it. */
const settled = (kind: string, times: number) => {
	let since = 0;
	return (simulator: Simulator) => {
		if (!seen(kind, times)(simulator)) return false;
		since ||= Date.now();
		return Date.now() - since > 150;
	};
};
const QUEUED = { queueMs: 60_000 };
const RUNNING = { runMs: 60_000 };
const SLOW_LOOKS = { waitOptions: { pollInterval: 30 } };

describe('stop', () => {
	for (const onError of ON_ERROR)
		for (const retry of [false, true]) {
			const settings = { onError, ...(retry && RETRY) };
			const title = `${onError}, ${retry ? 'with' : 'without'} retry`;
			const common = { operation: 'generate', count: 3, settings, parameters: SLOW_LOOKS } as const;

			test.concurrent(
				`${title}: each queued request is cancelled once, nothing else is sent`,
				async () => {
					const scenario = { ...common, simulator: QUEUED };
					const { after, said, ids } = await stopped(scenario, settled('status', 3));
					expect(after).toStrictEqual(['cancel', 'cancel', 'cancel']);
					expect(said.sort()).toStrictEqual(
						ids.map((id) => `RunComfy: stopped; request ${id} is cancelled`).sort(),
					);
				},
			);

			test.concurrent(
				`${title}: a queued request that cannot be cancelled is asked for once`,
				async () => {
					const plans = [{ times: -1, notCancellable: true }];
					const scenario = { ...common, plans, simulator: QUEUED };
					const { after, said, ids } = await stopped(scenario, settled('status', 3));
					expect(after).toStrictEqual(['cancel', 'cancel', 'cancel']);
					expect(said.sort()).toStrictEqual(
						ids.map((id) => `RunComfy: stopped; request ${id} is not_cancellable`).sort(),
					);
				},
			);

			test.concurrent(`${title}: requests in progress are left alone`, async () => {
				const scenario = { ...common, simulator: RUNNING };
				const { after, said, ids } = await stopped(scenario, settled('status', 3));
				expect(after).toStrictEqual([]);
				for (const id of ids)
					expect(said).toContain(
						`RunComfy: stopped; request ${id} cannot be cancelled any more (in_progress)`,
					);
			});

			test.concurrent(`${title}: without Cancel on Stop, queued requests go on`, async () => {
				const parameters = { waitOptions: { pollInterval: 30, cancelOnStop: false } };
				const scenario = { ...common, parameters, simulator: QUEUED };
				const { after, said, ids } = await stopped(scenario, settled('status', 3));
				expect(after).toStrictEqual([]);
				for (const id of ids)
					expect(said).toContain(`RunComfy: stopped; request ${id} goes on (in_queue)`);
			});

			test.concurrent.each(
				Object.entries({
					'is not answered': { hang: true },
					'is answered with 500': { status: 500 },
					'is refused': { error: 404001 },
					'is cut off': { reset: true },
				}),
			)(`${title}: a cancel that %s is not repeated`, async (_name, effect) => {
				const faults: Fault[] = [{ on: 'cancel', times: -1, ...effect }];
				const scenario = { ...common, count: 1, faults, simulator: QUEUED };
				const { after, said, ids } = await stopped(scenario, settled('status', 1));
				expect(after).toStrictEqual(['cancel']);
				expect(said).toStrictEqual([
					`RunComfy: stopped; request ${ids[0]} did not confirm its cancellation`,
				]);
			});

			test.concurrent(
				`${title}: an answer on its way brings its ID, and the request is cancelled`,
				async () => {
					// Long enough for the stop to come first, and short of what is waited for after it.
					const faults: Fault[] = [{ on: 'submit', times: -1, delayMs: 1_500 }];
					const scenario = { ...common, count: 6, faults, simulator: QUEUED };
					const isBought = ({ jobs }: Simulator) => jobs.size === 4;
					const { before, after, said, ids } = await stopped(scenario, isBought);
					expect(before).toStrictEqual(['submit', 'submit', 'submit', 'submit']);
					expect(after).toStrictEqual(['cancel', 'cancel', 'cancel', 'cancel']);
					expect(said.sort()).toStrictEqual(
						ids.map((id) => `RunComfy: stopped; request ${id} is cancelled`).sort(),
					);
				},
			);

			test.concurrent(
				`${title}: a submit that never answers is said to be perhaps bought`,
				async () => {
					const faults: Fault[] = [{ on: 'submit', times: -1, hang: true, after: true }];
					const scenario = { ...common, count: 1, faults };
					const { after, said } = await stopped(scenario, ({ jobs }) => jobs.size === 1);
					expect(after).toStrictEqual([]);
					expect(said).toStrictEqual([
						'RunComfy: item 0 may have been bought, but was not confirmed',
					]);
				},
			);

			test.concurrent(`${title}: no upload is finished`, async () => {
				const scenario = { ...common, count: 1, ...largeUpload() };
				const { before, after, said, ids, log } = await stopped(
					scenario,
					({ log }) => log.length > 0,
				);
				expect([before, after, ids]).toStrictEqual([['submit'], [], []]);
				expect(log[0].bodyBytes).toBeUndefined();
				expect(said).toStrictEqual(['RunComfy: stopped; item 0 was not sent']);
			});

			test.concurrent(`${title}: no download is begun`, async () => {
				const faults: Fault[] = [{ on: 'file', times: -1, delayMs: 20_000 }];
				const scenario = { ...common, count: 6, faults };
				const begun = ({ log }: Simulator) =>
					log.filter(({ kind }) => kind === 'file').length === 4;
				const { after, said, ids } = await stopped(scenario, begun);
				expect(after.filter((kind) => kind === 'file')).toStrictEqual([]);
				for (const id of ids) expect(said.some((line) => line.includes(id))).toBe(true);
			});

			test.concurrent(`${title}: no read is tried again`, async () => {
				const faults: Fault[] = [{ on: 'status', times: -1, status: 503 }];
				const scenario = { ...common, faults, simulator: RUNNING };
				const { after } = await stopped(scenario, settled('status', 3));
				expect(after.filter((kind) => kind !== 'cancel')).toStrictEqual([]);
			});

			test.concurrent(`${title}: later batches are not sent`, async () => {
				const batching = { batch: { batchSize: 1, batchInterval: 2500 } };
				const parameters = { ...SLOW_LOOKS, requestOptions: { batching } };
				const scenario = { ...common, count: 2, parameters, simulator: QUEUED };
				const { after, ids } = await stopped(scenario, seen('status', 1));
				expect([after, ids.length]).toStrictEqual([['cancel'], 1]);
			});

			test.concurrent.each(['waitForCompletion', 'getStatus', 'create'] as const)(
				`${title}: %s cancels nothing that it did not buy to wait for`,
				async (operation) => {
					const kind = operation === 'create' ? 'submit' : 'status';
					const faults: Fault[] = [{ on: kind, times: -1, delayMs: 400 }];
					const scenario = { ...common, operation, faults, simulator: QUEUED };
					const sent = ({ log }: Simulator) => log.length === 3;
					expect((await stopped(scenario, sent)).after).toStrictEqual([]);
				},
			);
		}
});

describe('two nodes of one execution', () => {
	withSimulator(QUEUED);

	test('a wait cancels what the other one bought', async () => {
		const { items } = await runNode({
			simulator,
			parameters: { operation: 'create', prompt: 'A wave' },
			executionId: 'shared',
		});
		const [{ json }] = items;
		const answered = (kind: string) =>
			until(`a ${kind} is answered`, () => seen(kind, 1)(simulator), { everyMs: 5 });
		await runNode({
			simulator,
			items: [{ json }],
			parameters: { operation: 'waitForCompletion', ...SLOW_LOOKS },
			executionId: 'shared',
			onStart: (stop) => void answered('status').then(stop),
		});
		await answered('cancel');
		expect(simulator.jobs.get(String(json.request_id))?.status).toBe('cancelled');
	});
});

/** Seven images of 5 MB each, which take a moment to send. */
function largeUpload() {
	const header = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000002800802000000', 'hex');
	const data = Buffer.concat([header, Buffer.alloc(5_000_000)]).toString('base64');
	const image = [{ source: 'binary', binaryPropertyName: 'photo_*' }];
	const binary = Object.fromEntries(
		Array.from({ length: 7 }, (_, at) => [`photo_${at}`, { data, mimeType: 'image/png' }]),
	);
	return { binary, parameters: { ...SLOW_LOOKS, referenceImages: { image } } };
}
