import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import type { Effect, Fault, LoggedRequest, Simulator } from '../../simulator/index.mts';
import { until } from '../support/until.mts';
import { outcomes, tellsEverythingBought } from './checks.mts';
import { runNode } from './harness.mts';
import { itemOf, NUMBERED, submitsOf } from './numbered.mts';
import { ON_ERROR, play, RETRY, tally, type Played } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

const FACTOR = 50;
timeLapse(FACTOR);

const NORMAL = { create: ['submit'], generate: ['submit', 'status', 'result', 'file'] };
const SETTINGS = ON_ERROR.flatMap((onError) =>
	[{}, RETRY].map((retry) => ({
		settings: { onError, ...retry },
		title: `${onError}, ${retry === RETRY ? 'with' : 'without'} retry`,
	})),
);

const limited = (effect: Effect = {}): Fault => ({ on: 'submit', status: 429, ...effect });
const inSeconds = (seconds: number) => ({ headers: { 'retry-after': String(seconds) } });

/** Seconds between two requests, by the node's clock. */
const secondsBetween = (one: LoggedRequest, other: LoggedRequest) =>
	((other.atMs - one.atMs) * FACTOR) / 1000;
/** Has the jobs finish whenever one more was refused, and when all are bought. */
async function finishWhenLimited(simulator: Simulator, count: number): Promise<void> {
	for (let seen = 0; simulator.jobs.size < count; ) {
		const refused = () => submitsOf(simulator, 429).length;
		const isTime = () => refused() > seen || simulator.jobs.size === count;
		await until('one more is refused', isTime, { everyMs: 5 });
		seen = refused();
		for (const { plan } of simulator.jobs.values()) plan.runMs = 0;
	}
}

const told = ({ log }: Played) => log.filter((line) => line.includes('is limiting requests'));

describe('a submit that is answered 429', { concurrency: 8 }, () => {
	const effects: Record<string, Effect> = {
		'with seconds to wait': inSeconds(1),
		'with nothing said': {},
		'with a page of a gateway': { html: true },
		'with an unknown code': { body: { error_code: 429001 } },
		'three times in a row': { times: 3 },
	};
	for (const operation of ['create', 'generate'] as const)
		for (const { settings, title } of SETTINGS)
			for (const [name, effect] of Object.entries(effects))
				test(`${operation}, ${title}: ${name}, it is sent again`, async () => {
					const played = await play({ operation, faults: [limited(effect)], settings });
					const refused = Array<string>(effect.times ?? 1).fill('submit');
					assert.deepEqual(played.requests, [...refused, ...NORMAL[operation]]);
					assert.equal(outcomes(played).good.length, 1);
					assert.deepEqual(told(played), ['RunComfy: item 0 waits, RunComfy is limiting requests']);
					tellsEverythingBought(played);
				});

	test('with a reason of RunComfy that is final, it is not sent again', async () => {
		const faults = [limited({ error: 400002 })];
		const played = await play({ operation: 'create', faults });
		assert.deepEqual(played.requests, ['submit']);
		assert.match(`${played.error?.message}`, /balance is too low/);
	});

	for (const [name, retryAfter] of [
		['seconds', () => '60'],
		['a date', () => new Date(Date.now() + 60_000).toUTCString()],
	] as const)
		test(`it is sent again after its Retry-After: ${name}`, async () => {
			const faults = [limited({ headers: { 'retry-after': retryAfter() } })];
			const { simulator } = await play({ operation: 'create', faults });
			const [first, second, ...more] = submitsOf(simulator);
			const took = secondsBetween(first, second);
			// A date has no fractions, and is some time on its way.
			assert.ok(took > (name === 'a date' ? 30 : 59), `${took} s`);
			assert.deepEqual(more, []);
		});

	test('before its files are all sent, it is sent again as a whole', async (t) => {
		const header = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000002800802000000', 'hex');
		const data = Buffer.concat([header, Buffer.alloc(5_000_000)]).toString('base64');
		const received: Buffer[] = [];
		const server = createServer(async (request, response) => {
			if (received.length === 0) {
				received.push(Buffer.alloc(0));
				response.writeHead(429, { connection: 'close' }).end('slow down');
				return;
			}
			received.push(Buffer.concat(await request.toArray()));
			response.end('{"request_id": "bought"}');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		t.after(() => server.close());
		const { port } = server.address() as { port: number };
		const { items } = await runNode({
			simulator: { url: `http://127.0.0.1:${port}`, token: 'x' },
			parameters: {
				operation: 'create',
				prompt: 'a cat',
				referenceImages: { image: [{ source: 'binary', binaryPropertyName: 'one,two' }] },
			},
			items: [
				{
					json: {},
					binary: {
						one: { data, mimeType: 'image/png' },
						two: { data, mimeType: 'image/png' },
					},
				},
			],
		});
		assert.equal(items[0].json.request_id, 'bought');
		const uri = `data:image/png;base64,${data}`;
		assert.deepEqual(JSON.parse(`${received[1]}`).images, [uri, uri]);
		assert.equal(received.length, 2);
	});

	for (const { settings, title } of SETTINGS)
		test(`${title}: one that asks for an hour is not waited for, and not sent before`, async () => {
			const faults = [limited({ ...inSeconds(3600), times: -1 })];
			const played = await play({ operation: 'create', count: 8, faults, settings });
			assert.equal(tally(played.requests).submit, 4);
			const { bad } = outcomes(played);
			assert.equal(bad.length, settings.onError === 'stopWorkflow' ? 0 : 8);
			for (const { message, submitted, http_status } of bad) {
				assert.match(message, /^RunComfy is limiting requests right now\. Run again in a minute\./);
				assert.deepEqual([submitted, http_status], ['no', 429]);
			}
			if (!bad.length) assert.match(`${played.error?.message}`, /is limiting requests right now/);
		});
});

describe('twenty rows against a limit', { concurrency: 2 }, () => {
	for (const retryAfter of [undefined, 1])
		for (const { settings, title } of SETTINGS)
			test(`of five jobs at a time, ${title}, Retry-After ${retryAfter}: twenty clips`, async () => {
				const played = await play({
					operation: 'generate',
					count: 20,
					settings,
					parameters: NUMBERED,
					simulator: { maxRunning: 5, runMs: 60_000, retryAfter },
					meanwhile: async ({ simulator }) => await finishWhenLimited(simulator, 20),
				});
				const { simulator } = played;
				assert.equal(outcomes(played).good.length, 20);
				assert.deepEqual(
					played.items.map(({ json }) => json.request_id),
					[...simulator.jobs.values()]
						.sort((one, other) => itemOf(one) - itemOf(other))
						.map(({ requestId }) => requestId),
				);
				assert.equal(submitsOf(simulator, 200).length, 20);
				const refused = submitsOf(simulator, 429);
				assert.equal(submitsOf(simulator).length, 20 + refused.length);
				// The first four transfers found out together; from then on the items go in their order.
				const firstRefused = submitsOf(simulator).indexOf(refused[0]);
				const later = submitsOf(simulator)
					.slice(firstRefused + 4)
					.map(itemOf);
				assert.deepEqual(
					later,
					[...later].sort((one, other) => one - other),
				);
				// Each item that had to wait says so once, whether or not it was sent before.
				assert.deepEqual(new Set(told(played)).size, told(played).length);
				assert.ok(told(played).length >= 11, `${told(played).length}`);
				tellsEverythingBought(played);
			});

	test('of jobs a second: twenty clips, and few submits in vain', async () => {
		const played = await play({
			operation: 'create',
			count: 20,
			simulator: { maxPerSecond: 5, retryAfter: 50 },
		});
		assert.equal(outcomes(played).good.length, 20);
		assert.equal(submitsOf(played.simulator, 200).length, 20);
		assert.ok(submitsOf(played.simulator, 429).length < 20);
	});
});

describe('while submits wait for RunComfy', { concurrency: 8 }, () => {
	test('the files of others are downloaded', async () => {
		const played = await play({
			operation: 'generate',
			count: 8,
			// More wait than there are slots.
			faults: [limited({ ...inSeconds(150), skip: 2, times: 4 })],
		});
		assert.equal(outcomes(played).good.length, 8);
		const [, , third] = submitsOf(played.simulator, 200);
		assert.equal(tally(played.requests.slice(0, third.n)).file, 2);
	});

	for (const { settings, title } of SETTINGS)
		test(`${title}: a stop ends them at once, and nothing is sent any more`, async () => {
			let [stoppedAt, sent] = [0, 0];
			const { requests, items, errorItems, log } = await play({
				operation: 'generate',
				count: 12,
				faults: [limited({ ...inSeconds(500), times: -1 })],
				settings,
				meanwhile: async ({ stop, simulator }) => {
					const areHeld = () => submitsOf(simulator, 429).length === 4;
					await until('four are refused', areHeld, { everyMs: 5 });
					await new Promise((resolve) => setTimeout(resolve, 100));
					sent = simulator.log.length;
					stoppedAt = Date.now();
					stop();
				},
			});
			const took = Date.now() - stoppedAt;
			assert.ok(took < 3_000, `${took} ms`);
			assert.deepEqual([sent, requests.length], [4, 4]);
			assert.equal(log.filter((line) => line.includes('bought')).length, 0);
			for (const { json } of [...items, ...errorItems])
				assert.equal((json.error as { submitted?: string }).submitted, 'no');
		});

	test('a failure of another item that stops the workflow ends them at once', async () => {
		const start = Date.now();
		const played = await play({
			operation: 'create',
			count: 12,
			faults: [
				{ on: 'submit', nth: 1, status: 422, delayMs: 300 },
				limited({ ...inSeconds(500), times: -1 }),
			],
		});
		assert.deepEqual(played.requests, ['submit', 'submit', 'submit', 'submit']);
		assert.match(`${played.error?.message}`, /rejected the inputs of this order/);
		assert.ok(Date.now() - start < 5_000);
	});

	test('what they will cost counts for a later batch', async () => {
		const played = await play({
			operation: 'create',
			count: 2,
			faults: [limited({ ...inSeconds(60) })],
			settings: { onError: 'continueRegularOutput' },
			parameters: {
				options: { maxRunCostUsd: 0.5 },
				requestOptions: { batching: { batch: { batchSize: 1, batchInterval: 200 } } },
			},
		});
		assert.equal(played.ids.length, 1);
		assert.match(
			outcomes(played).bad[0].message,
			/would cost \$0\.42 more, after \$0\.42 that this run has spent/,
		);
	});
});
