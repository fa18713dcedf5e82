import { setTimeout as sleep } from 'node:timers/promises';
import { STANDARD, PRO, FOUR_K } from '../../fixtures/models.mts';
import { buy } from '../../support/buy.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import {
	CLIP,
	PNG,
	MIB,
	PICTURE,
	dataUri,
	call,
	submit,
	status,
	result,
	cancel,
	last,
} from './calls.mts';

describe('the API when all goes well', () => {
	withSimulator();

	test('a submit answers with an id and its addresses', async () => {
		const { http, json } = await submit({ prompt: 'a cat' });
		const base = `${simulator.url}/v1/requests/${json.request_id}`;
		expect(http).toBe(200);
		expect(json.request_id).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
		expect(json).toStrictEqual({
			request_id: json.request_id,
			status_url: `${base}/status`,
			result_url: `${base}/result`,
			cancel_url: `${base}/cancel`,
		});
	});

	test('a finished request has a video, times and, if asked for, its cost', async () => {
		const id = await buy(simulator);
		const finished = await result(id);
		expect(finished).toStrictEqual({
			request_id: id,
			status: 'completed',
			model_id: STANDARD,
			output: { video: `${simulator.url}/files/${id}.mp4` },
			created_at: finished.created_at,
			finished_at: finished.finished_at,
			cost: 0.42,
		});
		expect(Date.parse(finished.finished_at)).toBeGreaterThanOrEqual(
			Date.parse(finished.created_at),
		);
		expect('cost' in (await call(`/v1/requests/${id}/result`)).json).toBe(false);
	});

	const prices: Array<[string, object, number]> = [
		[STANDARD, { duration: 10, sound: true }, 1.12],
		[STANDARD, { duration: 15, video: 'https://example.com/a.mp4' }, 1.89],
		[STANDARD, { duration: 15, video: 'https://example.com/a.mp4', sound: true }, 1.89],
		[STANDARD, { duration: 3 }, 0.252],
		[PRO, { sound: true }, 0.8],
		[FOUR_K, { sound: true }, 2.1],
	];
	test.each(prices)('%s with %j costs %s', async (model, input, usd) => {
		expect((await result(await buy(simulator, input, model))).cost).toBe(usd);
	});

	test('a wrong or missing token is refused everywhere but on files', async () => {
		const id = await buy(simulator);
		for (const headers of [new Headers(), new Headers({ authorization: 'Bearer other' })])
			for (const path of [`/v1/requests/${id}/status`, '/v1/models', '/prod/v2/balance']) {
				const { http, json } = await call(path, { headers });
				expect([http, json.error_code]).toStrictEqual([401, 400004]);
			}
		expect(last().authorization).toBe('invalid');
		expect((await call(`/files/${id}.mp4`, { headers: {} })).http).toBe(200);
		expect(last().authorization).toBe('none');
	});

	test('ids: malformed, unknown, and an unknown model', async () => {
		for (const [path, code] of [
			['/v1/requests/a%20b/status', 400001],
			['/v1/requests/%E0%A4%A/status', 400001],
			['/v1/requests/unknown/result', 404001],
			['/v1/models/kling/other', 400001],
		])
			expect((await call(String(path))).json.error_code).toBe(code);
		expect((await submit({ prompt: 'a' }, 'kling/other')).json.error_code).toBe(400001);
	});

	test('balance, unknown references, paths and methods', async () => {
		expect((await call('/prod/v2/balance')).json).toStrictEqual({
			balance_usd: 25,
			balance_microdollars: 25_000_000,
			currency: 'USD',
		});
		expect((await call('/references/a.txt')).http).toBe(404);
		expect((await call('/nothing')).http).toBe(404);
		expect((await call('/v1/models', { method: 'POST' })).http).toBe(404);
		expect(simulator.log.map(({ kind }) => kind)).toStrictEqual([
			'balance',
			'reference',
			'unknown',
			'unknown',
		]);
	});
});

describe('the timeline of a job', () => {
	withSimulator({ queueMs: 200, runMs: 200 });

	test('queued with its position, running without output, then done', async () => {
		const [first, second] = [await buy(simulator), await buy(simulator)];
		expect((await status(first)).queue_position).toBe(1);
		expect(await status(second)).toStrictEqual({
			request_id: second,
			status: 'in_queue',
			queue_position: 2,
			status_url: `${simulator.url}/v1/requests/${second}/status`,
			result_url: `${simulator.url}/v1/requests/${second}/result`,
		});
		await sleep(250);
		const running = await result(second);
		expect(running.status).toBe('in_progress');
		expect('output' in running || 'cost' in running || 'finished_at' in running).toBe(false);
		expect('queue_position' in (await status(second))).toBe(false);
		expect((await cancel(second)).outcome).toBe('not_cancellable');
		await sleep(250);
		expect((await status(second)).status).toBe('completed');
	});

	test('a queued job can be cancelled', async () => {
		const id = await buy(simulator);
		const answer = await cancel(id);
		expect(answer).toStrictEqual({ request_id: id, status: 'cancelled', outcome: 'cancelled' });
		expect((await result(id)).status).toBe('cancelled');
		expect((await cancel(id)).outcome).toBe('not_cancellable');
	});

	test('a planned job runs through its states to its outcome', async () => {
		const states = ['starting', 'processing'];
		simulator.planJobs({ queueMs: 0, runMs: 400, states, outcome: 'exploded' });
		const id = await buy(simulator);
		expect((await status(id)).status).toBe('starting');
		await sleep(230);
		expect((await status(id)).status).toBe('processing');
		await sleep(200);
		expect((await status(id)).status).toBe('exploded');
	});
});

describe('what a submit is refused for', () => {
	withSimulator();

	const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex');
	const mov = Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1');
	const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heic', 'latin1');
	const video = 'https://example.com/a.mp4';
	const large = (head: Buffer, bytes: number) => Buffer.concat([head, Buffer.alloc(bytes)]);
	const cases: Array<[string, object, number, Array<string | number>?, string?]> = [
		['no prompt', { prompt: undefined }, 422, ['body', 'prompt']],
		['a duration of 2', { duration: 2 }, 422, ['body', 'duration']],
		['an unknown aspect ratio', { aspect_ratio: '4:3' }, 422, ['body', 'aspect_ratio']],
		['8 images', { images: Array(8).fill(PICTURE) }, 422, ['body', 'images']],
		['5 images with a video', { video, images: Array(5).fill(PICTURE) }, 422, ['body', 'images']],
		['a video on 4K', { video }, 422, ['body', 'video'], FOUR_K],
		['http', { images: [PICTURE, 'http://example.com/a.png'] }, 422, ['body', 'images', 1]],
		['a png called jpeg', { images: [dataUri('image/jpeg', PNG)] }, 422, ['body', 'images', 0]],
		['HEIC called mp4', { video: dataUri('video/mp4', heic) }, 422, ['body', 'video']],
		['a gif', { images: ['data:image/gif;base64,R0lGODlh'] }, 422, ['body', 'images', 0]],
		['padding inside', { images: ['data:image/png;base64,iVBORw==Cg=='] }, 422],
		['an image over 6 MiB', { images: [dataUri('image/png', large(PNG, 6 * MIB))] }, 413],
		['a video over 32 MiB', { video: dataUri('video/mp4', large(CLIP, 32 * MIB)) }, 413],
		['a body over 64 MiB', { prompt: 'x'.repeat(64 * MIB) }, 413],
	];
	for (const [name, input, http, loc, model] of cases)
		test(name, async () => {
			const answer = await submit({ prompt: 'a', ...input }, model);
			expect(answer.http).toBe(http);
			if (loc) {
				expect(answer.json.detail[0].loc).toStrictEqual(loc);
				expect(typeof answer.json.detail[0].msg).toBe('string');
				expect(typeof answer.json.detail[0].type).toBe('string');
			}
			expect(simulator.jobs.size).toBe(0);
		});

	test('nothing, when it refers to files on this machine', async () => {
		const url = `${simulator.url}/references/a`;
		const input = { prompt: 'a', images: [`${url}.jpg`], video: `${url}.mp4` };
		expect((await submit(input)).http).toBe(200);
	});

	test('a body that is not JSON', async () => {
		const { http } = await call(`/v1/models/${STANDARD}`, { method: 'POST', body: '{"prompt":' });
		expect(http).toBe(400);
	});

	test('accepted: jpg, png, mov and mp4 references, unknown fields, many images on 4K', async () => {
		await buy(simulator, {
			images: [dataUri('image/jpg', jpeg), dataUri('image/png', PNG), PICTURE],
		});
		await buy(simulator, { video: dataUri('video/quicktime', mov) });
		await buy(simulator, {
			video: dataUri('video/mp4', CLIP),
			images: Array(4).fill(PICTURE),
			seed: 3,
		});
		await buy(simulator, { images: Array(12).fill(PICTURE) }, FOUR_K);
		expect([...simulator.jobs.values()][2].body.seed).toBe(3);
	});
});
