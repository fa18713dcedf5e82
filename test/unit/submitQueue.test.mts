import fc from 'fast-check';
import { Failure } from '../../dist/nodes/RunComfy/api/failure.js';
import { Pass } from '../../dist/nodes/RunComfy/run/pass.js';
import { Limited, SubmitQueue } from '../../dist/nodes/RunComfy/run/submitQueue.js';
import { Transfers } from '../../dist/nodes/RunComfy/run/transfers.js';
import { virtualTime, type VirtualTime } from './virtualTime.mts';

const SECOND = 1_000;
const MINUTE = 60_000;

type Answer = 'taken' | 'refused' | { limited: number | undefined };

interface Scenario {
	/** What RunComfy says to the nth submit of all, and how long that takes. */
	answer(sent: { item: number; nth: number; at: number }): Answer;
	tookMs?(item: number): number;
	/** How long a request is at RunComfy. */
	runMs?(item: number): number;
	count?: number;
	maxConcurrent?(item: number): number | undefined;
	target?(item: number): string;
}

/** A run of the queue in virtual time: what was sent when, and what became of each item. */
function start(virtual: VirtualTime, scenario: Scenario) {
	const { answer, count = 1, tookMs = () => 10, runMs = () => 0 } = scenario;
	const { maxConcurrent = () => undefined, target = () => 'a/b' } = scenario;
	const { time, sleep, sleepers, until } = virtual;
	const submits: SubmitQueue = new SubmitQueue(new Transfers());
	const pass = new Pass(count, submits.look);
	const stop = new AbortController();
	const log: string[] = [];
	const sent: Array<{ item: number; at: number }> = [];
	const outcomes: Record<number, string> = {};
	let [sending, mostSending, running, mostRunning] = [0, 0, 0, 0];

	const context = { logger: { info: (text: string) => log.push(text) } };
	const one = async (item: number) => {
		const sender = { context, index: item, pass, signal: stop.signal, target: target(item) };
		const outcome = await submits.send(
			{ ...sender, maxConcurrent: maxConcurrent(item) } as never,
			async () => {
				sent.push({ item, at: time.now });
				const said = answer({ item, nth: sent.length, at: time.now });
				mostSending = Math.max(mostSending, ++sending);
				mostRunning = Math.max(mostRunning, ++running);
				await sleep(tookMs(item));
				sending--;
				if (said === 'taken') return 'bought';
				running--;
				if (said === 'refused') throw new Failure('refused', { submitted: 'no' });
				return new Limited(new Failure('limited', { submitted: 'no' }), said.limited);
			},
		);
		if (outcome === 'bought') {
			await sleep(runMs(item));
			running--;
		}
		return outcome;
	};
	const all = Promise.all(
		Array.from({ length: count }, async (_, item) => {
			outcomes[item] = await one(item).catch((error: Error) => error.message);
			submits.finished(item);
		}),
	);
	const most = () => ({ sending: mostSending, running: mostRunning });
	return { time, pass, stop, log, sent, outcomes, sleepers, until, all, most };
}

async function finish(virtual: VirtualTime, scenario: Scenario) {
	const run = start(virtual, scenario);
	await run.until(() => Object.keys(run.outcomes).length === (scenario.count ?? 1));
	return run;
}

const limited = (ms?: number): Answer => ({ limited: ms });
const times = (sent: Array<{ at: number }>) => sent.map(({ at }) => at);

describe('a submit that is limited', () => {
	test('goes again after a pause that grows up to half a minute', async () => {
		const answer = ({ nth }: { nth: number }) => (nth > 7 ? 'taken' : limited());
		const { sent, outcomes } = await finish(virtualTime(), { answer, tookMs: () => 0 });
		expect(times(sent)).toStrictEqual(
			[0, 1, 3, 7, 15, 31, 61, 91].map((seconds) => seconds * SECOND),
		);
		expect(outcomes).toStrictEqual({ 0: 'bought' });
	});

	test.each([
		['after its Retry-After', 45 * SECOND, 45 * SECOND],
		['after a second where Retry-After is none', 0, SECOND],
	] as const)('goes again %s', async (_name, ms, at) => {
		const answer = ({ nth }: { nth: number }) => (nth > 1 ? 'taken' : limited(ms));
		expect(times((await finish(virtualTime(), { answer, tookMs: () => 0 })).sent)).toStrictEqual([
			0,
			at,
		]);
	});

	test('pauses a second again once another one was taken', async () => {
		const answer = ({ nth }: { nth: number }) => ([4, 9].includes(nth) ? 'taken' : limited());
		const { sent } = await finish(virtualTime(), { answer, count: 2, tookMs: () => 0 });
		// Both go at first; item 0 is taken with the 4th submit, and item 1 pauses anew.
		expect(sent.map(({ item, at }) => [item, at / SECOND])).toStrictEqual(
			[0, 1, 0, 0, 1, 1, 1, 1, 1].map((item, nth) => [item, [0, 0, 1, 3, 3, 4, 6, 10, 18][nth]]),
		);
	});

	test('is given up after ten minutes, with a last try at their end', async () => {
		const { sent, outcomes, time } = await finish(virtualTime(), {
			answer: () => limited(),
			count: 8,
			tookMs: () => 0,
		});
		expect([sent.at(-1), time.now]).toStrictEqual([{ item: 0, at: 10 * MINUTE }, 10 * MINUTE]);
		// Four began; then the first one went alone after 1, 2, 4, 8, 16 and each 30 s, and at the end.
		expect(sent.map(({ item }) => item)).toStrictEqual([
			0,
			1,
			2,
			3,
			...Array<number>(5 + 18 + 1).fill(0),
		]);
		expect(new Set(Object.values(outcomes))).toStrictEqual(new Set(['limited']));
	});

	test('is given up at once when it is to wait for longer than that', async () => {
		const { sent, outcomes, time } = await finish(virtualTime(), {
			answer: () => limited(10 * MINUTE + 1),
			count: 8,
			tookMs: () => 0,
		});
		expect([sent.length, time.now]).toStrictEqual([4, 0]);
		expect(new Set(Object.values(outcomes))).toStrictEqual(new Set(['limited']));
	});

	test('waits as long as others of the run are taken', async () => {
		let busyUntil = 0;
		const answer = ({ at }: { at: number }): Answer => {
			if (at < busyUntil) return limited();
			busyUntil = at + 9 * MINUTE;
			return 'taken';
		};
		const { outcomes, time } = await finish(virtualTime(), { answer, count: 6 });
		expect(new Set(Object.values(outcomes))).toStrictEqual(new Set(['bought']));
		expect(time.now).toBeGreaterThanOrEqual(45 * MINUTE);
	});

	test('waits anew when RunComfy said something else in between', async () => {
		const answers = ['taken', limited(), 'refused', limited(), 'taken'] as const;
		const { outcomes, sent } = await finish(virtualTime(), {
			answer: ({ nth }) => answers[nth - 1],
			count: 3,
			runMs: () => 30 * MINUTE,
			maxConcurrent: (item) => [2, 2, 1][item],
		});
		expect(Object.values(outcomes)).toStrictEqual(['bought', 'refused', 'bought']);
		expect(sent.map(({ item }) => item)).toStrictEqual([0, 1, 1, 2, 2]);
	});

	test('holds all others, which then go one by one in their order', async () => {
		const answer = ({ nth }: { nth: number }): Answer =>
			nth === 1 ? limited(30 * SECOND) : 'taken';
		const { sent, most } = await finish(virtualTime(), { answer, count: 8 });
		expect(sent.map(({ item }) => item)).toStrictEqual([0, 1, 2, 3, 0, 4, 5, 6, 7]);
		expect(times(sent.slice(4)).every((at) => at >= 30 * SECOND)).toBe(true);
		expect(times(sent.slice(4))).toStrictEqual([0, 1, 2, 3, 4].map((at) => sent[4].at + at * 10));
		expect(most().sending).toBe(4);
	});

	test('says so once for each item that waits', async () => {
		const answer = ({ nth }: { nth: number }) => (nth < 8 ? limited() : 'taken');
		const { log } = await finish(virtualTime(), { answer, count: 6 });
		const expected = [0, 1, 2, 3, 4, 5].map(
			(item) => `RunComfy: item ${item} waits, RunComfy is limiting requests`,
		);
		expect([...log].sort()).toStrictEqual(expected);
	});
});

describe('what ends the waiting', () => {
	const failure = new Failure('like item 0', { submitted: 'no' });
	const endings: Array<[string, (run: ReturnType<typeof start>) => void, string[]]> = [
		['a stop', ({ stop }) => stop.abort(), Array(6).fill('The execution was stopped')],
		['a failure of another item', ({ pass }) => pass.stopBuying(), Array(6).fill('heldBack')],
		['a refusal of all', ({ pass }) => pass.refuse(failure), Array(6).fill('like item 0')],
	];
	test.each(endings)('%s: at once, and no timer is left', async (_name, end, expected) => {
		const run = start(virtualTime(), { answer: () => limited(5 * MINUTE), count: 6 });
		await run.until(() => run.log.length === 6 && run.sleepers.size === 1);
		const { now } = run.time;
		end(run);
		await run.all;
		expect(Object.values(run.outcomes)).toStrictEqual(expected);
		expect([run.time.now, run.sleepers.size, run.sent.length]).toStrictEqual([now, 0, 4]);
	});

	test('a refusal of one model: for its orders only', async () => {
		const answer = ({ nth }: { nth: number }) => (nth > 4 ? 'taken' : limited(5 * MINUTE));
		const run = start(virtualTime(), { answer, count: 6, target: (item) => `a/${item % 2}` });
		await run.until(() => run.log.length === 6);
		run.pass.refuse(failure, 'a/1');
		await run.until(() => Object.keys(run.outcomes).length === 6);
		const [even, odd] = ['bought', 'like item 0'];
		expect(Object.values(run.outcomes)).toStrictEqual([even, odd, even, odd, even, odd]);
		expect(run.sent.slice(4).map(({ item }) => item)).toStrictEqual([0, 2, 4]);
	});
});

describe('a limit of requests at a time', () => {
	test.each([1, 2, 3, 5])('of %s is reached and kept, in the order of the items', async (max) => {
		const { sent, outcomes, most } = await finish(virtualTime(), {
			answer: ({ item }) => (item % 4 === 2 ? 'refused' : 'taken'),
			count: 9,
			maxConcurrent: () => max,
			runMs: (item) => 1_000 * (item + 1),
		});
		expect(sent.map(({ item }) => item)).toStrictEqual([...Array(9).keys()]);
		expect(Object.values(outcomes).filter((outcome) => outcome === 'bought')).toHaveLength(7);
		expect(most().running).toBe(max);
	});
});

test('whatever RunComfy answers, each item is bought once or not at all, and none waits for ever', async () => {
	const virtual = virtualTime();
	const said = fc.constantFrom<Answer>(
		'taken',
		'taken',
		'refused',
		limited(),
		limited(0),
		limited(20 * SECOND),
		limited(20 * MINUTE),
	);
	const item = fc.record({
		tookMs: fc.constantFrom(0, 10, 2_000),
		runMs: fc.constantFrom(0, 500, 90_000),
		max: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
	});
	await fc.assert(
		fc.asyncProperty(
			fc.array(said, { minLength: 1, maxLength: 30 }),
			fc.array(item, { minLength: 1, maxLength: 10 }),
			async (answers, items) => {
				const run = await finish(virtual, {
					answer: ({ nth }) => answers[nth - 1] ?? 'taken',
					count: items.length,
					tookMs: (at) => items[at].tookMs,
					runMs: (at) => items[at].runMs,
					maxConcurrent: (at) => items[at].max,
				});
				expect(Object.keys(run.outcomes).length).toBe(items.length);
				for (const at of items.keys()) {
					const own = run.sent.flatMap(({ item }, nth) =>
						item === at ? [answers[nth] ?? 'taken'] : [],
					);
					expect(own.slice(0, -1).every((answer) => typeof answer === 'object')).toBe(true);
					expect(run.outcomes[at] === 'bought').toBe(own.at(-1) === 'taken');
				}
				expect(run.most().sending).toBeLessThanOrEqual(4);
				const max = Math.max(...items.map(({ max = Infinity }) => max));
				expect(run.most().running).toBeLessThanOrEqual(max);
				expect(run.sleepers.size).toBe(0);
			},
		),
		{ seed: 1, numRuns: 300 },
	);
});
