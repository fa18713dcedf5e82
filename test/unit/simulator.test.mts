import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectSimulator, startSimulator } from '../simulator/index.mts';
import type { Order, Simulator, SimulatorOptions } from '../simulator/index.mts';

const STANDARD = 'kling/kling-video-o3/standard/reference-to-video';
const PRO = 'kling/kling-video-o3/pro/reference-to-video';
const FOUR_K = 'kling/kling-video-o3/4K/reference-to-video';
const TOKEN = { authorization: 'Bearer simulator-token' };

const CLIP = readFileSync(new URL('../simulator/media/clip.mp4', import.meta.url));
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const MIB = 1024 * 1024;
const PICTURE = 'https://example.com/a.png';

const dataUri = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`;

let simulator: Simulator;

async function call(path: string, init: RequestInit = {}) {
	const url = path.startsWith('http') ? path : simulator.url + path;
	const response = await fetch(url, { headers: TOKEN, ...init });
	const text = await response.text();
	const isJson = response.headers.get('content-type') === 'application/json' && text !== '';
	return {
		http: response.status,
		headers: response.headers,
		text,
		json: isJson && JSON.parse(text),
	};
}

const submit = (input: unknown, model = STANDARD) =>
	call(`/v1/models/${model}`, { method: 'POST', body: JSON.stringify(input) });

async function buy(input: object = {}, model = STANDARD): Promise<string> {
	const { http, json } = await submit({ prompt: 'a cat', ...input }, model);
	assert.equal(http, 200);
	return json.request_id;
}

const status = async (id: string) => (await call(`/v1/requests/${id}/status`)).json;
const result = async (id: string) =>
	(await call(`/v1/requests/${id}/result?include_cost=true`)).json;
const cancel = async (id: string) =>
	(await call(`/v1/requests/${id}/cancel`, { method: 'POST' })).json;
const last = () => simulator.log[simulator.log.length - 1];

function withSimulator(options: SimulatorOptions = {}) {
	before(async () => {
		simulator = await startSimulator(options);
	});
	beforeEach(() => simulator.reset());
	after(() => simulator.close());
}

describe('the API when all goes well', () => {
	withSimulator();

	test('a submit answers with an id and its addresses', async () => {
		const { http, json } = await submit({ prompt: 'a cat' });
		const base = `${simulator.url}/v1/requests/${json.request_id}`;
		assert.equal(http, 200);
		assert.match(json.request_id, /^[A-Za-z0-9_-]{1,128}$/);
		assert.deepEqual(json, {
			request_id: json.request_id,
			status_url: `${base}/status`,
			result_url: `${base}/result`,
			cancel_url: `${base}/cancel`,
		});
	});

	test('a finished request has a video, times and, if asked for, its cost', async () => {
		const id = await buy();
		const finished = await result(id);
		assert.deepEqual(finished, {
			request_id: id,
			status: 'completed',
			model_id: STANDARD,
			output: { video: `${simulator.url}/files/${id}.mp4` },
			created_at: finished.created_at,
			finished_at: finished.finished_at,
			cost: 0.42,
		});
		assert.ok(Date.parse(finished.finished_at) >= Date.parse(finished.created_at));
		assert.equal('cost' in (await call(`/v1/requests/${id}/result`)).json, false);
	});

	const prices: Array<[string, object, number]> = [
		[STANDARD, { duration: 10, sound: true }, 1.12],
		[STANDARD, { duration: 15, video: 'https://example.com/a.mp4' }, 1.89],
		[STANDARD, { duration: 15, video: 'https://example.com/a.mp4', sound: true }, 1.89],
		[STANDARD, { duration: 3 }, 0.252],
		[PRO, { sound: true }, 0.8],
		[FOUR_K, { sound: true }, 2.1],
	];
	for (const [model, input, usd] of prices)
		test(`${model} with ${JSON.stringify(input)} costs ${usd}`, async () => {
			assert.equal((await result(await buy(input, model))).cost, usd);
		});

	test('a wrong or missing token is refused everywhere but on files', async () => {
		const id = await buy();
		for (const headers of [new Headers(), new Headers({ authorization: 'Bearer other' })])
			for (const path of [`/v1/requests/${id}/status`, '/v1/models', '/prod/v2/balance']) {
				const { http, json } = await call(path, { headers });
				assert.deepEqual([http, json.error_code], [401, 400004]);
			}
		assert.equal(last().authorization, 'invalid');
		assert.equal((await call(`/files/${id}.mp4`, { headers: {} })).http, 200);
		assert.equal(last().authorization, 'none');
	});

	test('ids: malformed, unknown, and an unknown model', async () => {
		for (const [path, code] of [
			['/v1/requests/a%20b/status', 400001],
			['/v1/requests/%E0%A4%A/status', 400001],
			['/v1/requests/unknown/result', 404001],
			['/v1/models/kling/other', 400001],
		])
			assert.equal((await call(String(path))).json.error_code, code);
		assert.equal((await submit({ prompt: 'a' }, 'kling/other')).json.error_code, 400001);
	});

	test('the catalogue: one model, the list, its search and pages', async () => {
		const { json } = await call(`/v1/models/${STANDARD}`);
		assert.equal(json.base_price_usd, 0.084);
		assert.equal(json.price_unit, 'second');
		assert.deepEqual(json.input_schema.required, ['prompt']);
		const all = (await call('/v1/models')).json;
		assert.equal(all.total, 3);
		assert.equal('input_schema' in all.models[0], false);
		const page = (await call('/v1/models?offset=1&limit=1&include_schema=true')).json;
		assert.deepEqual([page.models.length, page.models[0].model_id, page.total], [1, PRO, 3]);
		assert.ok(page.models[0].input_schema);
		const found = (await call('/v1/models?search=4k')).json;
		assert.deepEqual([found.total, found.models[0].model_id], [1, FOUR_K]);
	});

	test('balance, references that are never served, unknown paths and methods', async () => {
		assert.equal((await call('/prod/v2/balance')).json.currency, 'USD');
		assert.equal((await call('/references/a.png')).http, 404);
		assert.equal((await call('/nothing')).http, 404);
		assert.equal((await call('/v1/models', { method: 'POST' })).http, 404);
		assert.deepEqual(
			simulator.log.map(({ kind }) => kind),
			['balance', 'reference', 'unknown', 'unknown'],
		);
	});
});

describe('the timeline of a job', () => {
	withSimulator({ queueMs: 200, runMs: 200 });

	test('queued with its position, running without output, then done', async () => {
		const [first, second] = [await buy(), await buy()];
		assert.equal((await status(first)).queue_position, 1);
		assert.deepEqual(await status(second), {
			request_id: second,
			status: 'in_queue',
			queue_position: 2,
			status_url: `${simulator.url}/v1/requests/${second}/status`,
			result_url: `${simulator.url}/v1/requests/${second}/result`,
		});
		await sleep(250);
		const running = await result(second);
		assert.equal(running.status, 'in_progress');
		assert.equal('output' in running || 'cost' in running || 'finished_at' in running, false);
		assert.equal('queue_position' in (await status(second)), false);
		assert.equal((await cancel(second)).outcome, 'not_cancellable');
		await sleep(250);
		assert.equal((await status(second)).status, 'completed');
	});

	test('a queued job can be cancelled', async () => {
		const id = await buy();
		const answer = await cancel(id);
		assert.deepEqual(answer, { request_id: id, status: 'cancelled', outcome: 'cancelled' });
		assert.equal((await result(id)).status, 'cancelled');
		assert.equal((await cancel(id)).outcome, 'not_cancellable');
	});

	test('an ordered job runs through its states to its outcome', async () => {
		const states = ['starting', 'processing'];
		simulator.order({ on: 'job', queueMs: 0, runMs: 400, states, outcome: 'exploded' });
		const id = await buy();
		assert.equal((await status(id)).status, 'starting');
		await sleep(230);
		assert.equal((await status(id)).status, 'processing');
		await sleep(200);
		assert.equal((await status(id)).status, 'exploded');
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
			assert.equal(answer.http, http);
			if (loc) {
				assert.deepEqual(answer.json.detail[0].loc, loc);
				assert.equal(typeof answer.json.detail[0].msg, 'string');
				assert.equal(typeof answer.json.detail[0].type, 'string');
			}
			assert.equal(simulator.jobs.size, 0);
		});

	test('a body that is not JSON', async () => {
		const { http } = await call(`/v1/models/${STANDARD}`, { method: 'POST', body: '{"prompt":' });
		assert.equal(http, 400);
	});

	test('accepted: jpg, png, mov and mp4 references, unknown fields, many images on 4K', async () => {
		await buy({ images: [dataUri('image/jpg', jpeg), dataUri('image/png', PNG), PICTURE] });
		await buy({ video: dataUri('video/quicktime', mov) });
		await buy({ video: dataUri('video/mp4', CLIP), images: Array(4).fill(PICTURE), seed: 3 });
		await buy({ images: Array(12).fill(PICTURE) }, FOUR_K);
		assert.equal([...simulator.jobs.values()][2].body.seed, 3);
	});
});

describe('the log', () => {
	withSimulator();

	test('a submit, with its data URIs read', async () => {
		const input = { prompt: 'a', images: [PICTURE, dataUri('image/png', PNG)], extra: [1] };
		const headers = { ...TOKEN, 'user-agent': 'tester' };
		const text = JSON.stringify(input);
		await call(`/v1/models/${STANDARD}`, { method: 'POST', headers, body: text });
		const { atMs, ...entry } = last();
		assert.ok(Math.abs(Date.now() - atMs) < 5000);
		const image = {
			dataUri: true,
			declaredType: 'image/png',
			sniffedType: 'image/png',
			bytes: PNG.length,
			sha256: createHash('sha256').update(PNG).digest('hex'),
		};
		assert.deepEqual(entry, {
			n: 1,
			kind: 'submit',
			method: 'POST',
			path: `/v1/models/${STANDARD}`,
			authorization: 'valid',
			requestId: undefined,
			modelId: STANDARD,
			userAgent: 'tester',
			contentLength: text.length,
			range: undefined,
			bodyBytes: text.length,
			bodySha256: createHash('sha256').update(text).digest('hex'),
			body: { prompt: 'a', images: [PICTURE, image], extra: [1] },
			answered: 200,
		});
		assert.deepEqual([...simulator.jobs.values()][0].body, entry.body);
	});

	test('a token sent with a download shows', async () => {
		await call(`/files/${await buy()}.mp4`);
		assert.deepEqual([last().kind, last().authorization], ['file', 'valid']);
	});

	test('a client that leaves while it sends bought nothing', async () => {
		const options = { method: 'POST', headers: { ...TOKEN, 'content-length': 1000 } };
		const upload = request(`${simulator.url}/v1/models/${STANDARD}`, options);
		upload.on('error', () => undefined).write('{');
		while (simulator.log.length === 0) await sleep(5);
		upload.destroy();
		while (!last().aborted) await sleep(5);
		assert.equal(last().answered, undefined);
		assert.equal(simulator.jobs.size, 0);
	});
});

describe('orders', () => {
	withSimulator();
	const model = `/v1/models/${STANDARD}`;

	const answers: Array<[string, Omit<Order, 'on'>, number, RegExp]> = [
		['a status', { status: 503 }, 503, /"message":"Service Unavailable"/],
		['a code', { error: 400002 }, 402, /"error_code":400002,"error_message":"Insuff/],
		['a code with detail and HTTP 200', { error: 403001, status: 200, detail: 'x' }, 200, /"x"/],
		['a JSON body', { status: 429, body: { error: 'slow' } }, 429, /^\{"error":"slow"\}$/],
		['a raw body', { body: 'nonsense' }, 200, /^nonsense$/],
		['an HTML page', { html: true }, 502, /^<html>.*502 Bad Gateway/],
		['another 2xx', { status: 202 }, 202, /"base_price_usd":0.084/],
		['merge', { merge: { price_unit: 'output', pricing_note: null } }, 200, /"output","input_/],
		['truncate', { truncate: true }, 200, /^\{"model_id".*[^}]$/],
	];
	for (const [name, order, http, text] of answers)
		test(name, async () => {
			simulator.order({ on: 'model', ...order });
			const response = await fetch(simulator.url + model, { headers: TOKEN });
			assert.equal(response.status, http);
			assert.match(await response.text(), text);
			assert.equal((await call(model)).http, 200);
		});

	test('headers and a delay', async () => {
		simulator.order({ on: 'model', status: 429, headers: { 'retry-after': '7' }, delayMs: 120 });
		const startedAt = performance.now();
		assert.equal((await call(model)).headers.get('retry-after'), '7');
		assert.ok(performance.now() - startedAt >= 110);
	});

	test('reset cuts the connection, hang never answers', async () => {
		simulator.order({ on: 'model', reset: true }, { on: 'model', hang: true });
		await assert.rejects(call(model));
		assert.equal(last().answered, undefined);
		assert.equal(last().aborted, undefined);
		await assert.rejects(call(model, { signal: AbortSignal.timeout(100) }));
		while (!last().aborted) await sleep(5);
		assert.equal(last().answered, undefined);
	});

	test('a fault buys nothing, unless it comes after the work', async () => {
		const faults: Array<Omit<Order, 'on'>> = [{ reset: true }, { status: 500 }, { body: {} }];
		for (const fault of faults) {
			simulator.order({ on: 'submit', ...fault });
			await submit({ prompt: 'a' }).catch(() => undefined);
			assert.equal(simulator.jobs.size, 0);
		}
		for (const fault of faults) {
			simulator.order({ on: 'submit', after: true, ...fault });
			await submit({ prompt: 'a' }).catch(() => undefined);
		}
		simulator.order({ on: 'submit', merge: { request_id: null } });
		assert.equal('request_id' in (await submit({ prompt: 'a' })).json, false);
		assert.equal(simulator.jobs.size, 4);
	});

	test('skip and times count matching requests', async () => {
		simulator.order({ on: 'model', skip: 1, times: 2, status: 500 });
		simulator.order({ on: 'model', skip: 4, times: -1, status: 404 });
		const seen = [];
		for (let n = 0; n < 6; n++) seen.push((await call(model)).http);
		assert.deepEqual(seen, [200, 500, 500, 200, 404, 404]);
	});

	test('nth and requestId aim at one job', async () => {
		simulator.order({ on: 'status', nth: 2, status: 500 }, { on: 'submit', nth: 3, status: 400 });
		const [first, second] = [await buy(), await buy()];
		simulator.order({ on: 'result', requestId: first, status: 404 });
		assert.equal((await submit({ prompt: 'a' })).http, 400);
		assert.equal((await call(`/v1/requests/${first}/status`)).http, 200);
		assert.equal((await call(`/v1/requests/${second}/status`)).http, 500);
		assert.equal((await call(`/v1/requests/${second}/result`)).http, 200);
		assert.equal((await call(`/v1/requests/${first}/result`)).http, 404);
	});

	test('jobs: failures, outputs, late costs, other addresses, no cancel', async () => {
		simulator.order(
			{ on: 'job', outcome: 'failed' },
			{ on: 'job', outcome: 'failed', jobError: { code: 'nsfw' } },
			{ on: 'job', outcome: 'failed', jobError: null },
			{ on: 'job', outcome: 'succeeded', output: 'videos', costAfterReads: 1 },
			{ on: 'job', output: 'string', videoUrl: 'https://example.com/v.mp4' },
			{ on: 'job', output: 'none' },
			{ on: 'job', queueMs: 10_000, notCancellable: true },
		);
		assert.equal((await result(await buy())).error, 'The generation failed.');
		assert.deepEqual((await result(await buy())).error, { code: 'nsfw' });
		assert.equal((await result(await buy())).error, null);
		const id = await buy();
		assert.equal('cost' in (await result(id)), false);
		const { output, cost } = await result(id);
		assert.deepEqual([output, cost], [{ videos: [`${simulator.url}/files/${id}.mp4`] }, 0.42]);
		assert.equal((await result(await buy())).output, 'https://example.com/v.mp4');
		assert.equal('output' in (await result(await buy())), false);
		assert.equal((await cancel(await buy())).outcome, 'not_cancellable');
	});

	test('mistakes in an order are named', () => {
		const add = (order: object) => () => simulator.order(order as Order);
		assert.throws(add({ status: 500 }), /needs "on"/);
		assert.throws(add({ on: 'status', statsu: 500 }), /no field "statsu"/);
		assert.throws(add({ on: 'status', breakAt: 5 }), /no field "breakAt"/);
		assert.throws(add({ on: 'job', status: 500 }), /no field "status"/);
		assert.throws(add({ on: 'status', status: '500' }), /"status" of an order cannot be "500"/);
	});

	test('another process can order, read and reset', async () => {
		const remote = connectSimulator(simulator.url);
		await remote.order({ on: 'model', status: 500 }, { on: 'job', outcome: 'failed' });
		await buy();
		assert.equal((await call(model)).http, 500);
		assert.deepEqual(
			(await remote.log()).map(({ kind }) => kind),
			['submit', 'model'],
		);
		assert.equal((await remote.jobs())[0].status, 'failed');
		await assert.rejects(remote.order({ on: 'nothing' } as never), /needs "on"/);
		await remote.reset();
		assert.deepEqual([simulator.log.length, simulator.jobs.size], [0, 0]);
	});
});

describe('files', () => {
	const fileBytes = CLIP.length + 700_000;
	withSimulator({ fileBytes });

	let path: string;
	let etag: string;
	beforeEach(async () => {
		const id = await buy();
		path = `/files/${id}.mp4`;
		etag = `"${id}-${fileBytes}"`;
	});

	async function download(headers: Record<string, string> = {}, method = 'GET') {
		const response = await fetch(simulator.url + path, { method, headers });
		const bytes = Buffer.from(await response.arrayBuffer());
		return { http: response.status, headers: response.headers, bytes };
	}

	test('a whole file is the clip and a free box', async () => {
		const { http, headers, bytes } = await download();
		assert.equal(http, 200);
		assert.equal(headers.get('content-length'), String(fileBytes));
		assert.equal(headers.get('content-type'), 'video/mp4');
		assert.equal(headers.get('etag'), etag);
		assert.equal(headers.get('accept-ranges'), 'bytes');
		assert.equal(bytes.length, fileBytes);
		assert.ok(bytes.subarray(0, CLIP.length).equals(CLIP));
		assert.equal(bytes.readUInt32BE(CLIP.length), 700_000);
		assert.equal(bytes.toString('latin1', CLIP.length + 4, CLIP.length + 8), 'free');
		assert.equal((await download({}, 'HEAD')).headers.get('content-length'), String(fileBytes));
	});

	test('ranges, alone and tied to a version', async () => {
		const whole = (await download()).bytes;
		const ranges: Array<[string, number, number]> = [
			['bytes=0-9', 0, 10],
			[`bytes=${CLIP.length - 3}-${CLIP.length + 5}`, CLIP.length - 3, CLIP.length + 6],
			[`bytes=${CLIP.length + 4}-`, CLIP.length + 4, fileBytes],
			['bytes=-100', fileBytes - 100, fileBytes],
			[`bytes=5-${fileBytes * 2}`, 5, fileBytes],
		];
		for (const [range, from, to] of ranges) {
			const { http, headers, bytes } = await download({ range, 'if-range': etag });
			assert.equal(http, 206);
			assert.equal(headers.get('content-range'), `bytes ${from}-${to - 1}/${fileBytes}`);
			assert.ok(bytes.equals(whole.subarray(from, to)), range);
			assert.equal(last().range, range);
		}
		assert.equal((await download({ range: 'bytes=5-', 'if-range': '"old"' })).http, 200);
		assert.equal((await download({ range: 'bytes=0-1,5-6' })).http, 200);
		const beyond = await download({ range: `bytes=${fileBytes}-` });
		assert.equal(beyond.http, 416);
		assert.equal(beyond.headers.get('content-range'), `bytes */${fileBytes}`);
	});

	test('only finished jobs have a file', async () => {
		simulator.order({ on: 'job', outcome: 'failed' });
		assert.equal((await call(`/files/${await buy()}.mp4`)).http, 404);
		assert.equal((await call('/files/unknown.mp4')).http, 404);
	});

	test('redirects, types, ignored ranges, empty files and errors', async () => {
		simulator.order(
			{ on: 'file', redirect: `${path}?moved` },
			{ on: 'file', skip: 1, contentType: 'text/html' },
			{ on: 'file', skip: 2, ignoreRange: true },
			{ on: 'file', skip: 3, empty: true },
			{ on: 'file', skip: 4, status: 403 },
		);
		assert.equal((await download()).headers.get('content-type'), 'text/html');
		assert.match(last().path, /\?moved$/);
		assert.equal((await download({ range: 'bytes=5-' })).http, 200);
		const empty = await download();
		assert.deepEqual([empty.http, empty.bytes.length], [200, 0]);
		assert.equal((await download()).http, 403);
	});

	/** Node's own client, which shows what came before a connection broke. */
	const received = () =>
		new Promise<{ bytes: number; whole: boolean } | Error>((resolve) => {
			const client = request(simulator.url + path, { agent: false }, (response) => {
				let bytes = 0;
				response.on('data', (chunk) => (bytes += chunk.length));
				response.on('error', () => undefined);
				response.on('close', () => resolve({ bytes, whole: response.complete }));
			});
			client.on('error', resolve).end();
		});

	test('broken downloads', async () => {
		simulator.order({ on: 'file', breakAt: 1000 }, { on: 'file', announce: fileBytes + 10 });
		assert.deepEqual(await received(), { bytes: 1000, whole: false });
		assert.equal(last().answered, undefined);
		assert.equal(last().aborted, undefined);
		assert.deepEqual(await received(), { bytes: fileBytes, whole: false });
		simulator.order({ on: 'file', announce: 1000 });
		// More bytes than announced are a protocol error to Node's client
		assert.match(String(await received()), /Data after `Connection: close`/);
		assert.deepEqual(await received(), { bytes: fileBytes, whole: true });
	});
});

describe('options', () => {
	test('token, prices, and a large file that a client leaves', async () => {
		const fileBytes = 2 * 1024 * MIB;
		const basePriceUsd = { [PRO]: 1 };
		simulator = await startSimulator({ token: 'mine', basePriceUsd, fileBytes });
		const headers = { authorization: 'Bearer mine' };
		assert.equal((await call('/v1/models')).http, 401);
		const { json } = await call(`/v1/models/${PRO}`, { headers });
		assert.equal(json.base_price_usd, 1);
		const body = '{"prompt":"a"}';
		const bought = await call(`/v1/models/${PRO}`, { method: 'POST', headers, body });
		const url = `${simulator.url}/files/${bought.json.request_id}.mp4`;
		const stop = new AbortController();
		const response = await fetch(url, { signal: stop.signal });
		assert.equal(response.headers.get('content-length'), String(fileBytes));
		stop.abort();
		while (!last().aborted) await sleep(5);
		assert.equal(last().answered, 200);
		await simulator.close();
	});

	test('an impossible file size is refused', async () => {
		await assert.rejects(startSimulator({ fileBytes: 5 }), /file size must be/);
	});
});

describe('the command line', () => {
	const cli = fileURLToPath(new URL('../simulator/cli.mts', import.meta.url));
	const run = (...flags: string[]) => spawnSync(process.execPath, [cli, ...flags]);

	test('starts, prints where it is and what it was asked, and stops', async () => {
		const flags = ['--port', '0', '--token', 'mine', '--order', '{"on":"models","status":503}'];
		const child = spawn(process.execPath, [cli, ...flags]);
		const line = async () => String((await once(child.stdout, 'data'))[0]);
		const first = /^RunComfy simulator: (http:\S+) {2}token: mine\n$/.exec(await line());
		assert.ok(first);
		const [printed] = await Promise.all([line(), fetch(`${first[1]}/v1/models`)]);
		assert.equal(printed, 'GET /v1/models → 503\n');
		child.kill('SIGTERM');
		assert.deepEqual(await once(child, 'exit'), [0, null]);
	});

	test('describes itself', () => {
		assert.match(String(run('--help').stdout), /--queue-ms/);
	});

	const mistakes: Array<[string[], RegExp]> = [
		[['--bogus'], /^Unknown option '--bogus': see --help\.\n$/],
		[['--port', 'x'], /^--port needs a whole number up to 65535, not "x"\.\n$/],
		[['--port', '0', '--order', '{x'], /^--order needs JSON, which this is not: \{x\n$/],
		[['--port', '0', '--order', '{"on":"x"}'], /^An order needs "on", one of: .*\n$/],
	];
	for (const [flags, message] of mistakes)
		test(`says what is wrong with ${flags.join(' ')}`, () => {
			const { status, stderr } = run(...flags);
			assert.equal(status, 1);
			assert.match(String(stderr), message);
		});

	test('says that a port is taken', async () => {
		simulator = await startSimulator();
		const { status, stderr } = run('--port', new URL(simulator.url).port);
		await simulator.close();
		assert.equal(status, 1);
		assert.match(String(stderr), /^This port is already in use: .*\n$/);
	});
});
