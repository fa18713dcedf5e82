import fc from 'fast-check';
import { busiestSecond, watch, type VirtualJob } from './virtualService.mts';

/** Between two purchases. */
const STEP_MS = 15;

const jobs = (count: number, job: (index: number) => Partial<VirtualJob>): VirtualJob[] =>
	Array.from({ length: count }, (_, index) => ({
		at: index * STEP_MS,
		runMs: 15_000,
		...job(index),
	}));
const same = (count: number, seconds: number) => jobs(count, () => ({ runMs: seconds * 1000 }));
/** Evenly from `least` to `most`, in an order that looks like chance. */
const varied = (count: number, least: number, most: number) =>
	jobs(count, (index) => ({ runMs: least + (most - least) * ((index * 0.618) % 1) }));
const median = (values: number[]) => values[values.length >> 1];

/** Before there was a schedule, a round of many took 105 ms for each, and a queued one waited up to 10 s. */
const boundS = (count: number, intervalS: number) => Math.max(intervalS, count * 0.105);

describe('jobs of 15 s', () => {
	const cases: Array<
		[count: number, known: boolean, mostTimes: number, mostReads: number, lateS: number]
	> = [
		[1, false, 1.1, 9, 2],
		[1, true, 1.04, 6, 1],
		[5, false, 1.11, 9, 2],
		[5, true, 1.07, 6, 1],
		[20, false, 1.12, 8.2, 1],
		[20, true, 1.12, 6, 1],
		[100, false, 1.3, 2.5, 2.5],
		[100, true, 1.25, 2.1, 2.5],
	];
	for (const [count, known, mostTimes, mostReads, lateS] of cases)
		test(`${count}, ${known ? 'as others before' : 'of a kind not seen before'}: ${mostTimes} × at most`, () => {
			const siblings = known ? watch(same(5, 15)).siblings : undefined;
			const outcome = watch(same(count, 15), { siblings });
			expect(outcome.wallS).toBeLessThanOrEqual(15 * mostTimes);
			expect(outcome.readsPerJob).toBeLessThanOrEqual(mostReads);
			expect(median(outcome.lateS)).toBeLessThanOrEqual(lateS);
		});
});

describe('a thousand jobs of 180 s', () => {
	test('that take the same: 1.25 × at most', () => {
		for (const tellsDates of [true, false]) {
			const { wallS, readsPerJob } = watch(same(1000, 180), { tellsDates });
			expect(wallS).toBeLessThanOrEqual(180 * 1.25);
			expect(readsPerJob).toBeLessThanOrEqual(2.8);
		}
	});

	test('that vary by 30 %: 1.1 × the longest at most', () => {
		for (const tellsDates of [true, false]) {
			const { wallS, longestS } = watch(varied(1000, 126_000, 234_000), { tellsDates });
			expect(wallS).toBeLessThanOrEqual(longestS * 1.1);
		}
	});
});

describe('no job waits for a look longer than twice as long as in turns, and few reads go astray', () => {
	const queueOf = (servers: number, runMs: number) => (index: number) => {
		const round = Math.floor(index / servers);
		const queueMs = Math.max(0, round * runMs - index * STEP_MS);
		const position = (now: number) => index + 1 - servers * (1 + Math.floor(now / runMs));
		return { runMs, queueMs, position };
	};
	const cases: Record<string, { jobs: VirtualJob[]; intervalS?: number; mostReads: number }> = {
		'of the same length': { jobs: same(100, 60), mostReads: 6.8 },
		'of lengths that vary threefold': { jobs: varied(100, 15_000, 45_000), mostReads: 6.5 },
		'where the service becomes half as fast on the way': {
			jobs: jobs(200, (index) => ({ runMs: index < 100 ? 30_000 : 60_000 })),
			mostReads: 4.2,
		},
		'of which many fail early': {
			jobs: jobs(100, (index) => (index % 3 ? { runMs: 60_000 } : { runMs: 3000, fails: true })),
			mostReads: 6.8,
		},
		'of which one never ends': {
			jobs: jobs(50, (index) => ({ runMs: index === 7 ? Infinity : 30_000 })),
			mostReads: 25,
		},
		'that queue, ten at a time': {
			jobs: jobs(100, queueOf(10, 15_000)),
			intervalS: 10,
			mostReads: 10,
		},
	};
	for (const [name, { jobs, intervalS = 2, mostReads }] of Object.entries(cases))
		for (const known of [false, true])
			for (const tellsDates of [true, false])
				test(`${name}, ${known ? 'known' : 'new'}, ${tellsDates ? 'with' : 'without'} dates`, () => {
					const options = { tellsDates, timeoutMs: 1_800_000 };
					const siblings = known ? watch(jobs, options).siblings : undefined;
					const outcome = watch(jobs, { ...options, siblings });
					const mostS = 2 * boundS(jobs.length, intervalS);
					expect(outcome.longestGapS).toBeLessThanOrEqual(mostS);
					expect(outcome.lateS.at(-1)!).toBeLessThanOrEqual(mostS);
					expect(outcome.readsPerJob).toBeLessThanOrEqual(mostReads);
					expect(busiestSecond(outcome.sentMs)).toBeLessThanOrEqual(30);
					expect([outcome.schedule.count, outcome.schedule.asking.size]).toStrictEqual([0, 0]);
				});
});

test('nothing is learnt from how late a sweep came by', () => {
	let { siblings } = watch(same(500, 60), { tellsDates: false });
	for (let batch = 0; batch < 3; batch++)
		siblings = watch(same(500, 60), { siblings, tellsDates: false }).siblings;
	expect(siblings.shortest).toBeLessThanOrEqual(64_000);
});

describe('the pace', () => {
	test('of jobs nothing is known of stays under 10 reads in any second', () => {
		const job = fc.record({ at: fc.nat(3000), pollMs: fc.integer({ min: 1, max: 5000 }) });
		fc.assert(
			fc.property(fc.array(job, { minLength: 1, maxLength: 200 }), (many) => {
				const endless = many.map((job) => ({ ...job, runMs: Infinity }));
				const { sentMs } = watch(endless, { timeoutMs: 10_000 });
				// At their deadlines, all have a last look.
				const times = sentMs.filter((time) => time < 10_000);
				for (let at = 9; at < times.length; at++)
					expect(times[at] - times[at - 9]).toBeGreaterThan(900);
				for (let at = 10; at < times.length; at++)
					expect(times[at] - times[at - 10]).toBeGreaterThanOrEqual(1000);
			}),
			{ seed: 1, numRuns: 60 },
		);
	});

	test('never brings more than 30 reads in any second, however late n8n wakes', () => {
		for (const lateMs of [0, 5, 40])
			expect(busiestSecond(watch(same(300, 15), { lateMs }).sentMs)).toBeLessThanOrEqual(30);
	});

	test('keeps the share of refused reads under 10 % where 12 a second are allowed', () => {
		for (const many of [same(100, 15), same(1000, 60), varied(300, 15_000, 60_000)]) {
			const first = watch(many, { limit: 12 });
			const { siblings, schedule } = first;
			const second = watch(many, { limit: 12, siblings });
			// The same process again, with what it knows.
			const later = many.map((job) => ({ ...job, at: job.at + 10_000_000 }));
			const third = watch(later, { limit: 12, siblings, schedule });
			for (const { refusedShare } of [first, second, third]) expect(refusedShare).toBeLessThan(0.1);
		}
	});

	test('lets few jobs be looked at in their own interval', () => {
		const few = Array.from({ length: 15 }, (_, at) => ({ at: at * 130, runMs: 20_000 }));
		expect(watch(few).longestGapS).toBeLessThanOrEqual(2.25);
	});
});
