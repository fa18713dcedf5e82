import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Pace } from '../../dist/nodes/RunComfy/api/pace.js';
import { backoffMs } from '../../dist/nodes/RunComfy/api/retryTiming.js';
import { nextLookMs } from '../../dist/nodes/RunComfy/run/poll.js';

/** Times of the reads that waits with these intervals send in `forMs`, by a clock of our own. */
function readTimes(waits: Array<{ startMs: number; intervalMs: number }>, forMs: number) {
	const pace = new Pace();
	const due = waits.map(({ startMs }, wait) => ({ wait, at: startMs }));
	const reads: Array<{ wait: number; at: number; dueAt: number }> = [];
	for (;;) {
		due.sort((one, other) => one.at - other.at);
		const next = due[0];
		if (next.at > forMs) return reads;
		const at = pace.reserve(next.at);
		reads.push({ wait: next.wait, at, dueAt: next.at });
		next.at = at + waits[next.wait].intervalMs;
	}
}

const wait = fc.record({ startMs: fc.nat(3000), intervalMs: fc.integer({ min: 1, max: 5000 }) });

describe('all waits of a run together', () => {
	test('never send 10 reads in any second, however many they are', () => {
		fc.assert(
			fc.property(fc.array(wait, { minLength: 1, maxLength: 200 }), (waits) => {
				const times = readTimes(waits, 10_000).map(({ at }) => at);
				times.sort((one, other) => one - other);
				for (let at = 9; at < times.length; at++)
					assert.ok(times[at] - times[at - 9] > 900, `10 reads in ${times[at] - times[at - 9]} ms`);
				for (let at = 10; at < times.length; at++) assert.ok(times[at] - times[at - 10] >= 1000);
			}),
			{ seed: 1, numRuns: 60 },
		);
	});

	test('wait no longer than their own interval while they are few', () => {
		const waits = Array.from({ length: 15 }, (_, at) => ({ startMs: at * 130, intervalMs: 2000 }));
		for (const { at, dueAt } of readTimes(waits, 20_000)) assert.ok(at - dueAt <= 110);
	});

	test('are held back together', () => {
		const pace = new Pace();
		assert.equal(pace.reserve(1000), 1000);
		pace.holdUntil(5000);
		pace.holdUntil(3000);
		assert.ok(pace.reserve(1200) >= 5000);
		assert.ok(pace.reserve(1200) > 5000);
		assert.equal(pace.reserve(9000), 9000);
	});
});

test('reads that a busy n8n wakes at once still go one after another', () => {
	const pace = new Pace();
	const times = Array.from({ length: 12 }, () => pace.send(5000));
	for (let at = 10; at < times.length; at++) assert.ok(times[at] - times[at - 10] >= 1000);
	assert.equal(pace.send(times[11] + 5000), times[11] + 5000);
});

describe('the next look', () => {
	test('at a running request is always a poll interval away', () => {
		for (const looks of [1, 5, 100]) assert.equal(nextLookMs('running', looks, 2000), 2000);
	});

	test('at a queued request is further and further away, up to 10 s', () => {
		const waits = Array.from({ length: 8 }, (_, at) => nextLookMs('queued', at + 1, 2000));
		assert.deepEqual(waits, [2000, 3000, 4500, 6750, 10_000, 10_000, 10_000, 10_000]);
	});

	test('is never nearer than the poll interval, nor out of bounds after many looks', () => {
		assert.equal(nextLookMs('queued', 1, 60_000), 60_000);
		assert.equal(nextLookMs('queued', 100_000, 60_000), 60_000);
		assert.equal(nextLookMs('queued', 100_000, 1), 10_000);
	});
});

test('tries are 1, 2, 4, … seconds apart, up to 30', () => {
	const waits = [1, 2, 3, 4, 5, 6, 7, 5000].map((failures) => backoffMs(failures));
	assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});
