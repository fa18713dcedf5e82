import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
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
	assert.deepEqual(requests, allowed);
	assert.ok(!simulator.log.some(({ path }) => path.includes('dry-run')));
	const told = [...log, error?.message, error?.description].join('\n');
	assert.doesNotMatch(told, /bought request|[Bb]ought in this run|may have been bought/);
}

function assertSample(binary: IBinaryData | undefined, name: RegExp | string): void {
	assert.ok(binary);
	assert.equal(binary.mimeType, 'video/mp4');
	if (typeof name === 'string') assert.equal(binary.fileName, name);
	else assert.match(String(binary.fileName), name);
	const bytes = Buffer.from(binary.data, 'base64');
	assert.ok(bytes.length < 40_000);
	assert.deepEqual(inspectMp4(bytes), { seconds: 3, codec: 'avc1' });
	const { seconds, width, height } = factsOf(bytes, bytes.length).video;
	assert.deepEqual([seconds, width, height], [3, 640, 360]);
}

const keysOf = (json: IDataObject) => Object.keys(json).sort();

describe('a dry run', { concurrency: 8 }, () => {
	for (const onError of ON_ERROR)
		for (const retry of [false, true]) {
			const settings = { onError, ...(retry && RETRY) };
			const title = `${onError}, ${retry ? 'with' : 'without'} retry`;

			test(`${title}: Create orders nothing`, async () => {
				const played = await dry({ operation: 'create', count: 3, settings });
				assertFree(played, ['model']);
				assert.equal(played.items.length, 3);
				const ids = played.items.map(({ json }) => String(json.request_id));
				assert.equal(new Set(ids).size, 3);
				for (const [index, { json, pairedItem }] of played.items.entries()) {
					assert.match(ids[index], ID);
					const url = `${played.simulator.url}/v1/requests/${ids[index]}`;
					assert.deepEqual(json, {
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
					assert.deepEqual(pairedItem, { item: index });
				}
				assert.deepEqual(
					played.log.filter((line) => line.startsWith('RunComfy')).sort(),
					ids.map((id) => `RunComfy: dry run ${id}, nothing was bought`).sort(),
				);
			});

			test(`${title}: Generate buys nothing, and has everything a real one has`, async () => {
				const real = await play({ operation: 'generate', settings });
				const played = await dry({ operation: 'generate', count: 2, settings });
				assertFree(played, ['model']);
				assert.equal(played.items.length, 2);
				for (const [index, { json, binary, pairedItem }] of played.items.entries()) {
					const id = String(json.request_id);
					assert.match(id, ID);
					assert.deepEqual(
						keysOf(json),
						[...keysOf(real.items[0].json), 'dry_run', 'warnings'].sort(),
					);
					const { status, video_url, cost_usd, dry_run, warnings, model_id } = json;
					assert.deepEqual([status, cost_usd, dry_run, model_id], ['completed', 0, true, MODEL]);
					assert.equal(video_url, `https://dry-run.invalid/${id}.mp4`);
					assert.deepEqual(warnings, [PRICED]);
					assert.deepEqual(pairedItem, { item: index });
					assertSample(binary?.data, `${id}.mp4`);
				}
			});

			test(`${title}: Get Status goes by the clock`, async () => {
				for (const [ageMs, status] of [
					[-60_000, 'in_queue'],
					[1000, 'in_progress'],
					[9000, 'completed'],
				] as const) {
					const id = idOf(ageMs);
					const played = await later(id, { operation: 'getStatus', settings });
					assertFree(played);
					const isFinished = status === 'completed';
					assert.deepEqual(played.items[0].json, {
						request_id: id,
						status,
						...(status === 'in_queue' && { queue_position: 1 }),
						is_finished: isFinished,
						is_successful: isFinished,
						dry_run: true,
					});
				}
			});

			test(`${title}: Wait for Completion waits, and returns the sample`, async () => {
				const id = idOf(0);
				const played = await later(id, { operation: 'waitForCompletion', settings });
				assertFree(played);
				const [{ json, binary }] = played.items;
				assert.ok(Date.now() >= Date.parse(String(json.finished_at)));
				assert.deepEqual(json, {
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

			test(`${title}: Cancel says what it would`, async () => {
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
					assert.deepEqual(played.items[0].json, json);
				}
			});

			test(`${title}: what is wrong is refused as ever`, async () => {
				const parameters = { duration: 99 };
				for (const operation of ['create', 'generate'] as const) {
					const played = await dry({ operation, settings, parameters });
					assertFree(played);
					const said = onError === 'stopWorkflow' ? played.error : errorOf(played, onError);
					assert.match(String(said?.message), /^'Duration \(Seconds\)' must be .*got '99'/);
				}
			});

			test(`${title}: what fails says that nothing was paid for`, async () => {
				const parameters = { waitOptions: { pollInterval: 10, timeout: 5 } };
				const played = await dry({ operation: 'generate', settings, parameters });
				assertFree(played, ['model']);
				if (onError === 'stopWorkflow') {
					assert.match(String(played.error?.message), UNFINISHED);
				} else {
					const { message, request_id, status, ...rest } = errorOf(played, onError);
					assert.match(String(request_id), ID);
					const [, still, known] = UNFINISHED.exec(String(message)) ?? [];
					assert.equal(status, still ?? known);
					assert.deepEqual(rest, { submitted: 'no', dry_run: true });
				}
			});
		}

	function errorOf(played: Played, onError: keyof typeof ROW_OF_ERROR): IDataObject {
		assert.equal(played.error, undefined);
		return played[ROW_OF_ERROR[onError]][0].json.error as IDataObject;
	}

	test('passes through every state, as the log tells', async () => {
		const { log, items } = await dry({ operation: 'generate' });
		const request = `RunComfy: request ${items[0].json.request_id} is`;
		assert.deepEqual(
			log.filter((line) => line.startsWith(request)),
			[`${request} in_queue, position 1`, `${request} in_progress`, `${request} completed`],
		);
	});

	test('an ID that no dry run gave is not asked for at RunComfy', async () => {
		for (const operation of ['getStatus', 'waitForCompletion', 'cancel'] as const) {
			const played = await later('dry-run-mine', { operation });
			assertFree(played);
			assert.match(String(played.error?.message), /^RunComfy does not know this request/);
		}
	});

	describe('the file', () => {
		for (const [fileName, name] of [
			['clip.mp4', 'clip (dry run).mp4'],
			['my clip', 'my clip (dry run).mp4'],
			['a/b.MOV', 'a_b (dry run).MOV'],
			[' ', /^dry-run-[\w-]+\.mp4$/],
		] as const)
			test(`with the name '${fileName}'`, async () => {
				const parameters = {
					outputBinaryPropertyName: 'clip',
					waitOptions: { pollInterval: 0.2, fileName },
				};
				const played = await dry({ operation: 'generate', parameters });
				assertSample(played.items[0].binary?.clip, name);
			});

		test('is left out without a download', async () => {
			const { items } = await dry({ operation: 'generate', parameters: { downloadVideo: false } });
			assert.deepEqual([items.length, items[0].binary], [1, undefined]);
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

			test(`${title}: RunComfy need not know the token`, async () => {
				const credential = { apiToken: 'whatever' };
				const played = await create({ credential, parameters });
				assertFree(played, ['model']);
				const notice = unread('RunComfy does not accept the API token');
				assert.deepEqual(noticesOf(played), [notice, notice]);
			});

			test(`${title}: RunComfy need not be there`, async () => {
				const started = Date.now();
				const played = await create({ credential: UNREACHABLE, parameters });
				assertFree(played);
				const notice = unread('RunComfy could not be reached before the time was up');
				assert.deepEqual(noticesOf(played), [notice, notice]);
				assert.ok(Date.now() - started < 5_000);
			});
		}

		test('may be unknown', async () => {
			const faults = [{ on: 'model', merge: { base_price_usd: null } }] as const;
			const played = await create({ count: 1, faults: [...faults] });
			assertFree(played, ['model']);
			assert.deepEqual(noticesOf(played), [
				[
					'This is a dry run: nothing was bought. What it would cost is unknown: RunComfy gives no price for this model.',
				],
			]);
		});

		test('is limited as ever', async () => {
			const played = await create({ count: 1, parameters: limited(0.41) });
			assertFree(played, ['model']);
			assert.match(String(played.error?.message), /^This order would cost \$0\.42 /);
		});

		test('goes before other warnings', async () => {
			const parameters = { prompt: 'Figure 0 waves' };
			const [warnings] = noticesOf(await create({ count: 1, parameters }));
			assert.deepEqual(warnings, [
				PRICED,
				'The prompt names Figure 0. Figures are counted from 1.',
			]);
		});

		test('is not asked for where there is nothing to price', async () => {
			assertFree(await create({ parameters: { prompt: "={{ '' }}" } }));
		});
	});

	describe('the option', () => {
		const options = (dryRun: unknown) => ({ options: { dryRun } as IDataObject });

		for (const value of ['true', ' TRUE ', '={{ true }}', '={{ "True" }}'])
			test(`is on with ${value}`, async () => {
				const played = await play({ operation: 'create', parameters: options(value) });
				assertFree(played, ['model']);
				assert.equal(played.items[0].json.dry_run, true);
			});

		for (const value of [false, 'false', 'FALSE', '', '={{ null }}'])
			test(`is off with ${JSON.stringify(value)}`, async () => {
				const played = await play({ operation: 'create', parameters: options(value) });
				assert.deepEqual(played.requests, ['submit']);
				assert.ok(!('dry_run' in played.items[0].json));
			});

		test('buys nothing when nobody can tell what it says', async () => {
			const played = await play({ operation: 'create', parameters: options('maybe') });
			assertFree(played);
			assert.equal(played.error?.message, "'Dry Run' must be true or false (got 'maybe').");
		});

		test('is an item’s own', async () => {
			const parameters = options('={{ $json.at === 0 }}');
			const played = await play({ operation: 'create', count: 2, parameters });
			assert.deepEqual(played.requests.sort(), ['model', 'submit']);
			const ids = played.items.map(({ json }) => json.request_id);
			assert.match(String(ids[0]), ID);
			assert.deepEqual(ids.slice(1), played.ids);
			assert.deepEqual(
				played.items.map(({ json }) => json.dry_run),
				[true, undefined],
			);
		});

		test('keeps dry runs out of what a run has bought', async () => {
			const parameters = {
				...options('={{ $json.at === 0 }}'),
				waitOptions: { pollInterval: 0.2, timeout: '={{ $json.at === 2 ? 1 : 600 }}' },
			};
			const simulator = { runMs: 1_000 };
			const played = await play({ operation: 'generate', count: 3, parameters, simulator });
			const { message } = played.error!;
			const [one, two] = played.ids;
			assert.ok(message.includes(`Also bought in this run: ${one} (item 1, `), message);
			assert.ok(message.includes(two));
			assert.doesNotMatch(message, /dry-run/);
		});

		test('changes nothing for Estimate Cost', async () => {
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
				assert.deepEqual(same.items[0].json, real.items[0].json);
				assert.ok(real.items[0].json.estimated_cost_usd);
			} finally {
				await simulator.close();
			}
		});
	});

	test('all items together make one', async () => {
		const parameters = { inputItems: 'combine', referenceImages: {} };
		const binary = { data: inMemory('photo.png') };
		const played = await dry({ operation: 'generate', count: 3, parameters, binary });
		assertFree(played, ['model']);
		assert.equal(played.items.length, 1);
		assert.deepEqual(played.items[0].pairedItem, [{ item: 0 }, { item: 1 }, { item: 2 }]);
		assert.equal((played.items[0].json.references as unknown[]).length, 3);
	});

	test('items in batches are dry runs too', async () => {
		const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: 20 } } };
		const parameters = { requestOptions };
		const played = await dry({ operation: 'create', count: 3, parameters });
		assertFree(played, ['model']);
		assert.equal(new Set(played.items.map(({ json }) => json.request_id)).size, 3);
	});

	test('a stop ends it, and cancels what is queued', async () => {
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
		assert.equal(stopped.length, 1);
		assert.match(stopped[0], /; request dry-run-\S+ is cancelled$/);
	});

	test('a call of an agent’s tool is one too', async () => {
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
				assert.match(request_id, ID);
				assert.deepEqual([status, dry_run], ['completed', true]);
			}
			assert.equal(new Set(answers.map(({ request_id }) => request_id)).size, 2);
			assert.deepEqual(
				simulator.log.map(({ kind }) => kind),
				['model', 'model'],
			);
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
		assert.equal(played.error, undefined);

		truncateSync(pathOf(file), 800);
		const cut = await dry({ operation: 'create', parameters, binary });
		assertFree(cut, ['model']);
		assert.match(
			String(cut.error?.message),
			/^File 'data' could not be read to its end, so nothing was bought/,
		);
	});
});
