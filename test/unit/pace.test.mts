import { Pace } from '../../dist/nodes/RunComfy/reads/pace.js';
import { backoffMs } from '../../dist/nodes/RunComfy/reads/backoff.js';
import { nextLookMs } from '../../dist/nodes/RunComfy/reads/wait.js';

/** When looks go out that are sent as soon as they may, by an n8n that is `lateMs` late with each. */
function sendTimes(pace: Pace, count: number, start: number, lateMs = 0): number[] {
	const times: number[] = [];
	for (let now = start; times.length < count; ) {
		now = Math.max(now, pace.freeAt) + lateMs;
		pace.send(now);
		times.push(now);
	}
	return times;
}

const fast = () => {
	const pace = new Pace();
	for (let answers = 0; answers < 1000; answers++) pace.answered();
	return pace;
};

describe('the pace', () => {
	test('starts at 10 a second', () => {
		const times = sendTimes(new Pace(), 40, 5000);
		for (let at = 11; at < times.length; at++)
			expect(times[at] - times[at - 11]).toBeGreaterThanOrEqual(1000);
		expect(times[39] - times[0]).toBeLessThanOrEqual(3900);
	});

	test('grows with answers to 30 in any second, and no further', () => {
		for (const lateMs of [0, 1, 10, 50]) {
			const times = sendTimes(fast(), 200, 5000, lateMs);
			for (let at = 30; at < times.length; at++)
				expect(times[at] - times[at - 30]).toBeGreaterThanOrEqual(1000);
		}
		expect(sendTimes(fast(), 100, 5000)[99]).toBeLessThanOrEqual(5000 + 3500);
		// What n8n is late, the next look catches up.
		expect(sendTimes(fast(), 100, 5000, 2)[99]).toBeLessThanOrEqual(5000 + 3800);
	});

	test('saves no looks up while nobody looks', () => {
		const pace = fast();
		sendTimes(pace, 10, 0);
		const times = sendTimes(pace, 40, 60_000);
		expect(times[30] - times[0]).toBeGreaterThanOrEqual(1000);
	});

	test('is half as fast after a 429, once for all that was under way with it', () => {
		const pace = fast();
		const [sent, , , next] = sendTimes(pace, 4, 5000);
		pace.refused(sent, next + 1);
		pace.refused(next, next + 2);
		const times = sendTimes(pace, 20, next + 3);
		expect(times[15] - times[0]).toBeGreaterThanOrEqual(1000);
		expect(times[14] - times[0]).toBeLessThanOrEqual(1100);
		pace.refused(times[19], times[19] + 1);
		const slower = sendTimes(pace, 20, times[19] + 2);
		expect(slower[8] - slower[0]).toBeGreaterThanOrEqual(1000);
	});

	test('never stands still, however often it is refused', () => {
		const pace = new Pace();
		for (let now = 1; now < 100; now++) pace.refused(now, now);
		expect(pace.freeAt).toBeLessThanOrEqual(1100);
	});

	test('holds everything back until then', () => {
		const pace = new Pace();
		pace.send(1000);
		pace.holdUntil(5000);
		pace.holdUntil(3000);
		expect([pace.freeAt, pace.roundAt, pace.heldUntil]).toStrictEqual([5000, 5000, 5000]);
	});
});

describe('the next look', () => {
	test('at a running request is always a poll interval away', () => {
		for (const looks of [1, 5, 100]) expect(nextLookMs('running', looks, 2000)).toBe(2000);
	});

	test('at a queued request is further and further away, up to 10 s', () => {
		const waits = Array.from({ length: 8 }, (_, at) => nextLookMs('queued', at + 1, 2000));
		expect(waits).toStrictEqual([2000, 3000, 4500, 6750, 10_000, 10_000, 10_000, 10_000]);
	});

	test('is never nearer than the poll interval, nor out of bounds after many looks', () => {
		expect(nextLookMs('queued', 1, 60_000)).toBe(60_000);
		expect(nextLookMs('queued', 100_000, 60_000)).toBe(60_000);
		expect(nextLookMs('queued', 100_000, 1)).toBe(10_000);
	});
});

test('tries are 1, 2, 4, … seconds apart, up to 30', () => {
	const waits = [1, 2, 3, 4, 5, 6, 7, 5000].map((failures) => backoffMs(failures));
	expect(waits).toStrictEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});
