import { truncateSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { inspectMp4 } from '../../scripts/runtime/mp4.mjs';
import { inMemory, media } from '../fixtures/media.mts';
import { startSimulator } from '../../simulator/index.mts';
import { onDisk, pathOf } from './disk.mts';
import { runNode } from './harness.mts';
import { STANDARD as MODEL } from '../fixtures/models.mts';
import { until } from '../support/until.mts';
import {
	ON_ERROR,
	ORDER_PARAMETERS,
	play,
	RETRY,
	type Played,
	type Scenario,
} from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

// The states follow the clock, which goes on as ever.
timeLapse(10);

const require = createRequire(import.meta.url);
const { factsOf } = require('../../dist/nodes/RunComfy/order/files/facts.js');

const ID = /^dry-run-[\w-]{1,120}$/;
const PRICED =
	'This is a dry run: nothing was bought. It would cost $0.42 ($0.084 a second × 5 s).';
const DRY = { options: { dryRun: true } };
const UNREACHABLE = { baseUrl: 'http://127.0.0.1:1' };
/** What was seen last depends on how fast this machine is, and so does whether there was time for another look. */
const UNFINISHED =
	/^(?:Request dry-run-\S+ was still (in_queue|in_progress) after 5 s|The time was up before RunComfy could be asked again; the last known state is (in_queue|in_progress) )/;
const ROW_OF_ERROR = { continueRegularOutput: 'items', continueErrorOutput: 'errorItems' } as const;

/** An ID that a dry run gave so long ago, or on another machine whose clock is ahead. */
const idOf = (ageMs: number, random = '0123abcd') =>
	`dry-run-${(Date.now() - ageMs).toString(36)}-${random}`;

const dry = async (scenario: Scenario): Promise<Played> =>
	await play({ ...scenario, parameters: { ...DRY, ...scenario.parameters } });
const later = async (requestId: string, scenario: Scenario): Promise<Played> =>
	await play({ ...scenario, parameters: { requestId, ...scenario.parameters } });

/** Nothing of it, and nothing about it, came to RunComfy: at most the price was read. */
function assertFree({ requests, simulator, log, error }: Played, allowed: string[] = []): void {
	expect(requests).toStrictEqual(allowed);
	expect(simulator.log.some(({ path }) => path.includes('dry-run'))).toBe(false);
	const told = [...log, error?.message, error?.description].join('\n');
	expect(told).not.toMatch(/bought request|[Bb]ought in this run|may have been bought/);
}

function assertSample(binary: IBinaryData | undefined, name: RegExp | string): void {
	if (!binary) throw new Error('There is no file.');
	expect(binary.mimeType).toBe('video/mp4');
	if (typeof name === 'string') expect(binary.fileName).toBe(name);
	else expect(String(binary.fileName)).toMatch(name);
	const bytes = Buffer.from(binary.data, 'base64');
	expect(bytes.length).toBeLessThan(40_000);
	expect(inspectMp4(bytes)).toStrictEqual({ seconds: 3, codec: 'avc1' });
	const { seconds, width, height } = factsOf(bytes, bytes.length).video;
	expect([seconds, width, height]).toStrictEqual([3, 640, 360]);
}

const keysOf = (json: IDataObject) => Object.keys(json).sort();

describe('a dry run', () => {
	for (const onError of ON_ERROR)
		for (const retry of [false, true]) {
			const settings = { onError, ...(retry && RETRY) };
			const title = `${onError}, ${retry ? 'with' : 'without'} retry`;

			test.concurrent(`${title}: Create orders nothing`, async () => {
				const played = await dry({ operation: 'create', count: 3, settings });
				assertFree(played, ['model']);
				expect(played.items).toHaveLength(3);
				const ids = played.items.map(({ json }) => String(json.request_id));
				expect(new Set(ids).size).toBe(3);
				for (const [index, { json, pairedItem }] of played.items.entries()) {
					expect(ids[index]).toMatch(ID);
					const url = `${played.simulator.url}/v1/requests/${ids[index]}`;
					expect(json).toStrictEqual({
						request_id: ids[index],
						model_id: MODEL,
						status: 'in_queue',
						references: [{ figure: 1, kind: 'image', from: 'url', sent: 'url' }],
						warnings: [PRICED],
						status_url: `${url}/status`,
						result_url: `${url}/result`,
						cancel_url: `${url}/cancel`,
						dry_run: true,
					});
					expect(pairedItem).toStrictEqual({ item: index });
				}
				expect(played.log.filter((line) => line.startsWith('RunComfy')).sort()).toStrictEqual(
					ids.map((id) => `RunComfy: dry run ${id}, nothing was bought`).sort(),
				);
			});

			test.concurrent(
				`${title}: Generate buys nothing, and has everything a real one has`,
				async () => {
					const real = await play({ operation: 'generate', settings });
					const played = await dry({ operation: 'generate', count: 2, settings });
					assertFree(played, ['model']);
					expect(played.items).toHaveLength(2);
					for (const [index, { json, binary, pairedItem }] of played.items.entries()) {
						const id = String(json.request_id);
						expect(id).toMatch(ID);
						expect(keysOf(json)).toStrictEqual(
							[...keysOf(real.items[0].json), 'dry_run', 'warnings'].sort(),
						);
						const { status, video_url, cost_usd, dry_run, warnings, model_id } = json;
						expect([status, cost_usd, dry_run, model_id]).toStrictEqual([
							'completed',
							0,
							true,
							MODEL,
						]);
						expect(video_url).toBe(`https://dry-run.invalid/${id}.mp4`);
						expect(warnings).toStrictEqual([PRICED]);
						expect(pairedItem).toStrictEqual({ item: index });
						assertSample(binary?.data, `${id}.mp4`);
					}
				},
			);

			test.concurrent(`${title}: Get Status goes by the clock`, async () => {
				for (const [ageMs, status] of [
					[-60_000, 'in_queue'],
					[1000, 'in_progress'],
					[9000, 'completed'],
				] as const) {
					const id = idOf(ageMs);
					const played = await later(id, { operation: 'getStatus', settings });
					assertFree(played);
					const isFinished = status === 'completed';
					expect(played.items[0].json).toStrictEqual({
						request_id: id,
						status,
						...(status === 'in_queue' && { queue_position: 1 }),
						is_finished: isFinished,
						is_successful: isFinished,
						dry_run: true,
					});
				}
			});

			test.concurrent(`${title}: Wait for Completion waits, and returns the sample`, async () => {
				const id = idOf(0);
				const played = await later(id, { operation: 'waitForCompletion', settings });
				assertFree(played);
				const [{ json, binary }] = played.items;
				expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(String(json.finished_at)));
				expect(json).toStrictEqual({
					request_id: id,
					model_id: null,
					status: 'completed',
					video_url: `https://dry-run.invalid/${id}.mp4`,
					cost_usd: 0,
					created_at: json.created_at,
					finished_at: json.finished_at,
					output: { video: `https://dry-run.invalid/${id}.mp4` },
					dry_run: true,
				});
				assertSample(binary?.data, `${id}.mp4`);
			});

			test.concurrent(`${title}: Cancel says what it would`, async () => {
				for (const [ageMs, status, outcome] of [
					[-60_000, 'in_queue', 'cancelled'],
					[1000, 'in_progress', 'not_cancellable'],
					[9000, 'completed', 'not_cancellable'],
				] as const) {
					const id = idOf(ageMs);
					const played = await later(id, { operation: 'cancel', settings });
					assertFree(played);
					const is_cancelled = outcome === 'cancelled';
					const json = { request_id: id, status, outcome, is_cancelled, dry_run: true };
					expect(played.items[0].json).toStrictEqual(json);
				}
			});

			test.concurrent(`${title}: what is wrong is refused as ever`, async () => {
				const parameters = { duration: 99 };
				for (const operation of ['create', 'generate'] as const) {
					const played = await dry({ operation, settings, parameters });
					assertFree(played);
					const said = onError === 'stopWorkflow' ? played.error : errorOf(played, onError);
					expect(String(said?.message)).toMatch(/^'Duration \(Seconds\)' must be .*got '99'/);
				}
			});

			test.concurrent(`${title}: what fails says that nothing was paid for`, async () => {
				const parameters = { waitOptions: { pollInterval: 10, timeout: 5 } };
				const played = await dry({ operation: 'generate', settings, parameters });
				assertFree(played, ['model']);
				if (onError === 'stopWorkflow') {
					expect(String(played.error?.message)).toMatch(UNFINISHED);
				} else {
					const { message, request_id, status, ...rest } = errorOf(played, onError);
					expect(String(request_id)).toMatch(ID);
					const [, still, known] = UNFINISHED.exec(String(message)) ?? [];
					expect(status).toBe(still ?? known);
					expect(rest).toStrictEqual({ submitted: 'no', dry_run: true });
				}
			});
		}

	function errorOf(played: Played, onError: keyof typeof ROW_OF_ERROR): IDataObject {
		expect(played.error).toBeUndefined();
		return played[ROW_OF_ERROR[onError]][0].json.error as IDataObject;
	}

	test.concurrent('passes through every state, as the log tells', async () => {
		const { log, items } = await dry({ operation: 'generate' });
		const request = `RunComfy: request ${items[0].json.request_id} is`;
		expect(log.filter((line) => line.startsWith(request))).toStrictEqual([
			`${request} in_queue, position 1`,
			`${request} in_progress`,
			`${request} completed`,
		]);
	});

	test.concurrent('an ID that no dry run gave is not asked for at RunComfy', async () => {
		for (const operation of ['getStatus', 'waitForCompletion', 'cancel'] as const) {
			const played = await later('dry-run-mine', { operation });
			assertFree(played);
			expect(String(played.error?.message)).toMatch(/^RunComfy does not know this request/);
		}
	});

	describe('the file', () => {
		test.concurrent.each([
			['clip.mp4', 'clip (dry run).mp4'],
			['my clip', 'my clip (dry run).mp4'],
			['a/b.MOV', 'a_b (dry run).MOV'],
			[' ', /^dry-run-[\w-]+\.mp4$/],
		] as const)("with the name '%s'", async (fileName, name) => {
			const parameters = {
				outputBinaryPropertyName: 'clip',
				waitOptions: { pollInterval: 0.2, fileName },
			};
			const played = await dry({ operation: 'generate', parameters });
			assertSample(played.items[0].binary?.clip, name);
		});

		test.concurrent('is left out without a download', async () => {
			const { items } = await dry({ operation: 'generate', parameters: { downloadVideo: false } });
			expect([items.length, items[0].binary]).toStrictEqual([1, undefined]);
		});
	});

	describe('the price', () => {
		const create = async (scenario: Partial<Scenario>) =>
			await dry({ operation: 'create', count: 2, ...scenario });
		const noticesOf = ({ items }: Played) => items.map(({ json }) => json.warnings);
		const unread = (why: string) => [
			`This is a dry run: nothing was bought. The price could not be read: ${why}.`,
		];
		const limited = (maxCostUsd: number) => ({ options: { dryRun: true, maxCostUsd } });

		for (const parameters of [DRY, limited(1)]) {
			const title = 'maxCostUsd' in parameters.options ? 'with a limit' : 'without a limit';

			test.concurrent(`${title}: RunComfy need not know the token`, async () => {
				const credential = { apiToken: 'whatever' };
				const played = await create({ credential, parameters });
				assertFree(played, ['model']);
				const notice = unread('RunComfy does not accept the API token');
				expect(noticesOf(played)).toStrictEqual([notice, notice]);
			});

			test.concurrent(`${title}: RunComfy need not be there`, async () => {
				const started = Date.now();
				const played = await create({ credential: UNREACHABLE, parameters });
				assertFree(played);
				const notice = unread('RunComfy could not be reached before the time was up');
				expect(noticesOf(played)).toStrictEqual([notice, notice]);
				expect(Date.now() - started).toBeLessThan(5_000);
			});
		}

		test.concurrent('may be unknown', async () => {
			const faults = [{ on: 'model', merge: { base_price_usd: null } }] as const;
			const played = await create({ count: 1, faults: [...faults] });
			assertFree(played, ['model']);
			expect(noticesOf(played)).toStrictEqual([
				[
					'This is a dry run: nothing was bought. What it would cost is unknown: RunComfy gives no price for this model.',
				],
			]);
		});

		test.concurrent('is limited as ever', async () => {
			const played = await create({ count: 1, parameters: limited(0.41) });
			assertFree(played, ['model']);
			expect(String(played.error?.message)).toMatch(/^This order would cost \$0\.42 /);
		});

		test.concurrent('goes before other warnings', async () => {
			const parameters = { prompt: 'Figure 0 waves' };
			const [warnings] = noticesOf(await create({ count: 1, parameters }));
			expect(warnings).toStrictEqual([
				PRICED,
				'The prompt names Figure 0. Figures are counted from 1.',
			]);
		});

		test.concurrent('is not asked for where there is nothing to price', async () => {
			assertFree(await create({ parameters: { prompt: "={{ '' }}" } }));
		});
	});

	describe('the option', () => {
		const options = (dryRun: unknown) => ({ options: { dryRun } as IDataObject });

		test.concurrent.each(['true', ' TRUE ', '={{ true }}', '={{ "True" }}'])(
			'is on with %s',
			async (value) => {
				const played = await play({ operation: 'create', parameters: options(value) });
				assertFree(played, ['model']);
				expect(played.items[0].json.dry_run).toBe(true);
			},
		);

		test.concurrent.each([false, 'false', 'FALSE', '', '={{ null }}'])(
			'is off with %j',
			async (value) => {
				const played = await play({ operation: 'create', parameters: options(value) });
				expect(played.requests).toStrictEqual(['submit']);
				expect(played.items[0].json).not.toHaveProperty('dry_run');
			},
		);

		test.concurrent('buys nothing when nobody can tell what it says', async () => {
			const played = await play({ operation: 'create', parameters: options('maybe') });
			assertFree(played);
			expect(played.error?.message).toBe("'Dry Run' must be true or false (got 'maybe').");
		});

		test.concurrent('is an item’s own', async () => {
			const parameters = options('={{ $json.at === 0 }}');
			const played = await play({ operation: 'create', count: 2, parameters });
			expect(played.requests.sort()).toStrictEqual(['model', 'submit']);
			const ids = played.items.map(({ json }) => json.request_id);
			expect(String(ids[0])).toMatch(ID);
			expect(ids.slice(1)).toStrictEqual(played.ids);
			expect(played.items.map(({ json }) => json.dry_run)).toStrictEqual([true, undefined]);
		});

		test.concurrent('keeps dry runs out of what a run has bought', async () => {
			const parameters = {
				...options('={{ $json.at === 0 }}'),
				waitOptions: { pollInterval: 0.2, timeout: '={{ $json.at === 2 ? 1 : 600 }}' },
			};
			const simulator = { runMs: 1_000 };
			const played = await play({ operation: 'generate', count: 3, parameters, simulator });
			const { message } = played.error!;
			const [one, two] = played.ids;
			expect(message).toContain(`Also bought in this run: ${one} (item 1, `);
			expect(message).toContain(two);
			expect(message).not.toMatch(/dry-run/);
		});

		test.concurrent('changes nothing for Estimate Cost', async () => {
			const simulator = await startSimulator();
			try {
				const parameters = { operation: 'estimateCost', ...ORDER_PARAMETERS };
				const [real, same] = [
					await runNode({ simulator, parameters }),
					await runNode({
						simulator,
						parameters: { ...parameters, options: { ...parameters.options, ...DRY.options } },
					}),
				];
				expect(same.items[0].json).toStrictEqual(real.items[0].json);
				expect(real.items[0].json.estimated_cost_usd).toBeTruthy();
			} finally {
				await simulator.close();
			}
		});
	});

	test.concurrent('all items together make one', async () => {
		const parameters = { inputItems: 'combine', referenceImages: {} };
		const binary = { data: inMemory('photo.png') };
		const played = await dry({ operation: 'generate', count: 3, parameters, binary });
		assertFree(played, ['model']);
		expect(played.items).toHaveLength(1);
		expect(played.items[0].pairedItem).toStrictEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(played.items[0].json.references as unknown[]).toHaveLength(3);
	});

	test.concurrent('items in batches are dry runs too', async () => {
		const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: 20 } } };
		const parameters = { requestOptions };
		const played = await dry({ operation: 'create', count: 3, parameters });
		assertFree(played, ['model']);
		expect(new Set(played.items.map(({ json }) => json.request_id)).size).toBe(3);
	});

	test.concurrent('a stop ends it, and cancels what is queued', async () => {
		const played = await dry({
			operation: 'generate',
			parameters: { waitOptions: { pollInterval: 300 } },
			meanwhile: async ({ stop, simulator }) => {
				await until('the price is read', () => simulator.log.some(({ answered }) => answered));
				setTimeout(stop, 200);
			},
		});
		assertFree(played, ['model']);
		const stopped = played.log.filter((line) => line.startsWith('RunComfy: stopped'));
		expect(stopped).toHaveLength(1);
		expect(stopped[0]).toMatch(/; request dry-run-\S+ is cancelled$/);
	});

	test.concurrent('a call of an agent’s tool is one too', async () => {
		const simulator = await startSimulator();
		try {
			const { items } = await runNode({
				simulator,
				parameters: {
					operation: 'generate',
					...ORDER_PARAMETERS,
					prompt: "={{ $fromAI('prompt', '', 'string') }}",
					downloadVideo: false,
					waitOptions: { pollInterval: 0.2 },
					...DRY,
				},
				asAgent: [{ prompt: 'Figure 1 waves' }, { prompt: 'Figure 1 jumps' }],
			});
			const answers = Object.values(items[0].json).map((text) => JSON.parse(String(text))[0]);
			for (const { request_id, status, dry_run } of answers) {
				expect(request_id).toMatch(ID);
				expect([status, dry_run]).toStrictEqual(['completed', true]);
			}
			expect(new Set(answers.map(({ request_id }) => request_id)).size).toBe(2);
			expect(simulator.log.map(({ kind }) => kind)).toStrictEqual(['model', 'model']);
		} finally {
			await simulator.close();
		}
	});
});

// From here on, n8n keeps the files of this process on disk.
describe('a dry run with files on disk', () => {
	const parameters = { referenceImages: { image: [{ binaryPropertyName: 'data' }] } };
	const photo = () => onDisk(media('photo.png'), { fileName: 'photo.png', mimeType: 'image/png' });

	test('reads them to their end', async () => {
		const file = await photo();
		const binary = { data: file };
		const played = await dry({ operation: 'create', parameters, binary });
		assertFree(played, ['model']);
		expect(played.error).toBeUndefined();

		truncateSync(pathOf(file), 800);
		const cut = await dry({ operation: 'create', parameters, binary });
		assertFree(cut, ['model']);
		expect(String(cut.error?.message)).toMatch(
			/^File 'data' could not be read to its end, so nothing was bought/,
		);
	});
});
