import { createServer } from 'node:http';
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

describe('a submit that is answered 429', () => {
	const effects: Record<string, Effect> = {
		'with seconds to wait': inSeconds(1),
		'with nothing said': {},
		'with a page of a gateway': { html: true },
		'with an unknown code': { body: { error_code: 429001 } },
		'three times in a row': { times: 3 },
	};
	for (const operation of ['create', 'generate'] as const)
		for (const { settings, title } of SETTINGS)
			test.concurrent.each(Object.entries(effects))(
				`${operation}, ${title}: %s, it is sent again`,
				async (_name, effect) => {
					const played = await play({ operation, faults: [limited(effect)], settings });
					const refused = Array<string>(effect.times ?? 1).fill('submit');
					expect(played.requests).toStrictEqual([...refused, ...NORMAL[operation]]);
					expect(outcomes(played).good).toHaveLength(1);
					expect(told(played)).toStrictEqual([
						'RunComfy: item 0 waits, RunComfy is limiting requests',
					]);
					tellsEverythingBought(played);
				},
			);

	test.concurrent('with a reason of RunComfy that is final, it is not sent again', async () => {
		const faults = [limited({ error: 400002 })];
		const played = await play({ operation: 'create', faults });
		expect(played.requests).toStrictEqual(['submit']);
		expect(`${played.error?.message}`).toMatch(/balance is too low/);
	});

	test.concurrent.each([
		['seconds', (): string => '60'],
		['a date', (): string => new Date(Date.now() + 60_000).toUTCString()],
	] as const)('it is sent again after its Retry-After: %s', async (name, retryAfter) => {
		const faults = [limited({ headers: { 'retry-after': retryAfter() } })];
		const { simulator } = await play({ operation: 'create', faults });
		const [first, second, ...more] = submitsOf(simulator);
		const took = secondsBetween(first, second);
		// A date has no fractions, and is some time on its way.
		expect(took).toBeGreaterThan(name === 'a date' ? 30 : 59);
		expect(more).toStrictEqual([]);
	});

	test.concurrent('before its files are all sent, it is sent again as a whole', async () => {
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
		expect(items[0].json.request_id).toBe('bought');
		const uri = `data:image/png;base64,${data}`;
		expect(JSON.parse(`${received[1]}`).images).toStrictEqual([uri, uri]);
		expect(received).toHaveLength(2);
		server.close();
	});

	test.concurrent.each(SETTINGS)(
		'$title: one that asks for an hour is not waited for, and not sent before',
		async ({ settings }) => {
			const faults = [limited({ ...inSeconds(3600), times: -1 })];
			const played = await play({ operation: 'create', count: 8, faults, settings });
			expect(tally(played.requests).submit).toBe(4);
			const { bad } = outcomes(played);
			expect(bad.length).toBe(settings.onError === 'stopWorkflow' ? 0 : 8);
			for (const { message, submitted, http_status } of bad) {
				expect(message).toMatch(
					/^RunComfy is limiting requests right now\. Run again in a minute\./,
				);
				expect([submitted, http_status]).toStrictEqual(['no', 429]);
			}
			if (!bad.length) expect(`${played.error?.message}`).toMatch(/is limiting requests right now/);
		},
	);
});

describe('twenty rows against a limit', () => {
	for (const retryAfter of [undefined, 1])
		test.concurrent.each(SETTINGS)(
			`of five jobs at a time, $title, Retry-After ${retryAfter}: twenty clips`,
			async ({ settings }) => {
				const played = await play({
					operation: 'generate',
					count: 20,
					settings,
					parameters: NUMBERED,
					simulator: { maxRunning: 5, runMs: 60_000, retryAfter },
					meanwhile: async ({ simulator }) => await finishWhenLimited(simulator, 20),
				});
				const { simulator } = played;
				expect(outcomes(played).good).toHaveLength(20);
				expect(played.items.map(({ json }) => json.request_id)).toStrictEqual(
					[...simulator.jobs.values()]
						.sort((one, other) => itemOf(one) - itemOf(other))
						.map(({ requestId }) => requestId),
				);
				expect(submitsOf(simulator, 200)).toHaveLength(20);
				const refused = submitsOf(simulator, 429);
				expect(submitsOf(simulator).length).toBe(20 + refused.length);
				// The first four transfers found out together; from then on the items go in their order.
				const firstRefused = submitsOf(simulator).indexOf(refused[0]);
				const later = submitsOf(simulator)
					.slice(firstRefused + 4)
					.map(itemOf);
				expect(later).toStrictEqual([...later].sort((one, other) => one - other));
				// Each item that had to wait says so once, whether or not it was sent before.
				expect(new Set(told(played)).size).toStrictEqual(told(played).length);
				expect(told(played).length).toBeGreaterThanOrEqual(11);
				tellsEverythingBought(played);
			},
		);

	test.concurrent('of jobs a second: twenty clips, and few submits in vain', async () => {
		const played = await play({
			operation: 'create',
			count: 20,
			simulator: { maxPerSecond: 5, retryAfter: 50 },
		});
		expect(outcomes(played).good).toHaveLength(20);
		expect(submitsOf(played.simulator, 200)).toHaveLength(20);
		expect(submitsOf(played.simulator, 429).length).toBeLessThan(20);
	});
});

describe('while submits wait for RunComfy', () => {
	test.concurrent('the files of others are downloaded', async () => {
		const played = await play({
			operation: 'generate',
			count: 8,
			// More wait than there are slots.
			faults: [limited({ ...inSeconds(150), skip: 2, times: 4 })],
		});
		expect(outcomes(played).good).toHaveLength(8);
		const [, , third] = submitsOf(played.simulator, 200);
		expect(tally(played.requests.slice(0, third.n)).file).toBe(2);
	});

	test.concurrent.each(SETTINGS)(
		'$title: a stop ends them at once, and nothing is sent any more',
		async ({ settings }) => {
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
			expect(took).toBeLessThan(3_000);
			expect([sent, requests.length]).toStrictEqual([4, 4]);
			expect(log.filter((line) => line.includes('bought'))).toHaveLength(0);
			for (const { json } of [...items, ...errorItems])
				expect((json.error as { submitted?: string }).submitted).toBe('no');
		},
	);

	test.concurrent(
		'a failure of another item that stops the workflow ends them at once',
		async () => {
			const start = Date.now();
			const played = await play({
				operation: 'create',
				count: 12,
				faults: [
					{ on: 'submit', nth: 1, status: 422, delayMs: 300 },
					limited({ ...inSeconds(500), times: -1 }),
				],
			});
			expect(played.requests).toStrictEqual(['submit', 'submit', 'submit', 'submit']);
			expect(`${played.error?.message}`).toMatch(/rejected the inputs of this order/);
			expect(Date.now() - start).toBeLessThan(5_000);
		},
	);

	test.concurrent('what they will cost counts for a later batch', async () => {
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
		expect(played.ids).toHaveLength(1);
		expect(outcomes(played).bad[0].message).toMatch(
			/would cost \$0\.42 more, after \$0\.42 that this run has spent/,
		);
	});
});
