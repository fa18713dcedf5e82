import { now } from '../../dist/nodes/RunComfy/n8n/clock.js';
import { Turns, turnsOf } from '../../dist/nodes/RunComfy/reads/turns.js';
import { Siblings, Wait } from '../../dist/nodes/RunComfy/reads/wait.js';

const HOUR_MS = 3_600_000;
const PATH = '/v1/requests/id-1/status';

/** Waits that were looked at just now, and again in an hour. */
function idleWaits(count: number): Wait[] {
	return Array.from({ length: count }, () => {
		const wait = new Wait(new Siblings(), now(), now() + HOUR_MS, HOUR_MS);
		wait.saw('running', undefined, now());
		return wait;
	});
}

test('a stop ends its own turns at once, and leaves nothing behind', async () => {
	const turns = new Turns();
	const [one, other] = [new AbortController(), new AbortController()];
	const [mine, theirs] = [idleWaits(100), idleWaits(1)];
	const stopped = Promise.all(mine.map((wait) => turns.take(wait, one.signal)));
	let isOver = false;
	const going = turns.take(theirs[0], other.signal).then(() => (isOver = true));
	const startedAt = now();
	one.abort();
	await stopped;
	expect(now() - startedAt).toBeLessThan(500);
	expect([turns.schedule.asking.size, isOver]).toStrictEqual([1, false]);
	other.abort();
	await going;
	expect(turns.schedule.asking.size).toBe(0);
	// Before or after the stop, it is the same.
	await turns.take(mine[0], one.signal);
	expect(turns.schedule.asking.size).toBe(0);
});

test('a stop holds no timer', async () => {
	const timers = () =>
		process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
	const before = timers();
	const turns = new Turns();
	const stop = new AbortController();
	const taken = Promise.all(idleWaits(20).map((wait) => turns.take(wait, stop.signal)));
	await new Promise(setImmediate);
	const meanwhile = timers();
	stop.abort();
	await taken;
	await new Promise(setImmediate);
	expect([meanwhile, timers()]).toStrictEqual([before + 1, before]);
});

test('who comes later is not kept waiting by who has time', async () => {
	const turns = new Turns();
	const stop = new AbortController();
	const taken = turns.take(idleWaits(1)[0], stop.signal);
	const startedAt = now();
	await turns.take(new Wait(new Siblings(), now(), now() + HOUR_MS, 2000));
	await turns.take(Wait.once(now(), now() + HOUR_MS));
	expect(now() - startedAt).toBeLessThan(500);
	stop.abort();
	await taken;
});

test('a wait counts for as long as it lasts, however it ends', async () => {
	const turns = new Turns();
	const running = turns.share(async () => {
		expect(turns.schedule.count).toBe(1);
		throw new Error('gone');
	});
	await expect(running).rejects.toThrow(/gone/);
	expect(turns.schedule.count).toBe(0);
});

test('all executions share the turns of a base URL, and what is known of a kind there', () => {
	const [one, other] = [{ baseUrl: 'https://one.example' }, { baseUrl: 'https://other.example' }];
	expect(turnsOf(one, PATH)).toBe(turnsOf({ ...one }, PATH));
	expect(turnsOf(one, PATH)).not.toBe(turnsOf(other, PATH));
	expect(turnsOf(one, PATH)).not.toBe(turnsOf(one, '/v1/requests/dry-run-1/status'));
	expect(turnsOf(one, PATH).siblingsOf('5 s')).toBe(turnsOf(one, PATH).siblingsOf('5 s'));
	expect(turnsOf(one, PATH).siblingsOf('5 s')).not.toBe(turnsOf(other, PATH).siblingsOf('5 s'));
	const first = turnsOf(one, PATH).siblingsOf('5 s');
	for (let kind = 0; kind < 100; kind++) turnsOf(one, PATH).siblingsOf(`kind ${kind}`);
	expect(turnsOf(one, PATH).siblingsOf('5 s')).not.toBe(first);
});
