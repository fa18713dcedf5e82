import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { connectSimulator } from '../../simulator/index.mts';
import type { Effect, Fault, JobPlan } from '../../simulator/index.mts';
import { STANDARD } from '../../fixtures/models.mts';
import { buy } from '../../support/buy.mts';
import { sha256 } from '../../support/sha256.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import { until } from '../../support/until.mts';
import {
	TOKEN,
	PNG,
	PICTURE,
	dataUri,
	call,
	submit,
	status,
	result,
	cancel,
	last,
} from './calls.mts';

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
			sha256: sha256(PNG),
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
			bodySha256: sha256(text),
			body: { prompt: 'a', images: [PICTURE, image], extra: [1] },
			answered: 200,
		});
		assert.deepEqual([...simulator.jobs.values()][0].body, entry.body);
	});

	test('a token sent with a download shows', async () => {
		await call(`/files/${await buy(simulator)}.mp4`);
		assert.deepEqual([last().kind, last().authorization], ['file', 'valid']);
	});

	test('a client that leaves while it sends bought nothing', async () => {
		const options = { method: 'POST', headers: { ...TOKEN, 'content-length': 1000 } };
		const upload = request(`${simulator.url}/v1/models/${STANDARD}`, options);
		upload.on('error', () => undefined).write('{');
		await until('it arrives', () => simulator.log.length > 0, { everyMs: 5 });
		upload.destroy();
		await until('the client is gone', () => last().aborted, { everyMs: 5 });
		assert.equal(last().answered, undefined);
		assert.equal(simulator.jobs.size, 0);
	});
});

describe('faults and plans', () => {
	withSimulator();
	const model = `/v1/models/${STANDARD}`;

	const answers: Array<[string, Effect, number, RegExp]> = [
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
	for (const [name, effect, http, text] of answers)
		test(name, async () => {
			simulator.addFaults({ on: 'model', ...effect });
			const response = await fetch(simulator.url + model, { headers: TOKEN });
			assert.equal(response.status, http);
			assert.match(await response.text(), text);
			assert.equal((await call(model)).http, 200);
		});

	test('headers and a delay', async () => {
		simulator.addFaults({
			on: 'model',
			status: 429,
			headers: { 'retry-after': '7' },
			delayMs: 120,
		});
		const startedAt = performance.now();
		assert.equal((await call(model)).headers.get('retry-after'), '7');
		assert.ok(performance.now() - startedAt >= 110);
	});

	test('reset cuts the connection, hang never answers', async () => {
		simulator.addFaults({ on: 'model', reset: true }, { on: 'model', hang: true });
		await assert.rejects(call(model));
		assert.equal(last().answered, undefined);
		assert.equal(last().aborted, undefined);
		await assert.rejects(call(model, { signal: AbortSignal.timeout(100) }));
		await until('the client is gone', () => last().aborted, { everyMs: 5 });
		assert.equal(last().answered, undefined);
	});

	test('stall sends half of an answer, or of a file, and keeps the connection', async () => {
		const { request_id } = (await submit({ prompt: 'a' })).json;
		for (const [on, path] of [
			['model', model],
			['file', `/files/${request_id}.mp4`],
		] as const) {
			simulator.addFaults({ on, stall: true });
			const signal = AbortSignal.timeout(200);
			const response = await fetch(simulator.url + path, { headers: TOKEN, signal });
			let bytes = 0;
			await assert.rejects(async () => {
				for await (const chunk of response.body!) bytes += chunk.length;
			});
			assert.equal(bytes, Math.floor(Number(response.headers.get('content-length')) / 2));
		}
	});

	test('a fault buys nothing, unless it comes after the work', async () => {
		const effects: Effect[] = [{ reset: true }, { status: 500 }, { body: {} }];
		for (const effect of effects) {
			simulator.addFaults({ on: 'submit', ...effect });
			await submit({ prompt: 'a' }).catch(() => undefined);
			assert.equal(simulator.jobs.size, 0);
		}
		for (const effect of effects) {
			simulator.addFaults({ on: 'submit', after: true, ...effect });
			await submit({ prompt: 'a' }).catch(() => undefined);
		}
		simulator.addFaults({ on: 'submit', merge: { request_id: null } });
		assert.equal('request_id' in (await submit({ prompt: 'a' })).json, false);
		assert.equal(simulator.jobs.size, 4);
	});

	test('skip and times count matching requests', async () => {
		simulator.addFaults({ on: 'model', skip: 1, times: 2, status: 500 });
		simulator.addFaults({ on: 'model', skip: 4, times: -1, status: 404 });
		const seen = [];
		for (let n = 0; n < 6; n++) seen.push((await call(model)).http);
		assert.deepEqual(seen, [200, 500, 500, 200, 404, 404]);
	});

	test('nth and requestId aim at one job', async () => {
		simulator.addFaults(
			{ on: 'status', nth: 2, status: 500 },
			{ on: 'submit', nth: 3, status: 400 },
		);
		const [first, second] = [await buy(simulator), await buy(simulator)];
		simulator.addFaults({ on: 'result', requestId: first, status: 404 });
		assert.equal((await submit({ prompt: 'a' })).http, 400);
		assert.equal((await call(`/v1/requests/${first}/status`)).http, 200);
		assert.equal((await call(`/v1/requests/${second}/status`)).http, 500);
		assert.equal((await call(`/v1/requests/${second}/result`)).http, 200);
		assert.equal((await call(`/v1/requests/${first}/result`)).http, 404);
	});

	test('jobs: failures, outputs, late costs, other addresses, no cancel', async () => {
		simulator.planJobs(
			{ outcome: 'failed' },
			{ outcome: 'failed', jobError: { code: 'nsfw' } },
			{ outcome: 'failed', jobError: null },
			{ outcome: 'succeeded', output: 'videos', costAfterReads: 1 },
			{ output: 'string', videoUrl: 'https://example.com/v.mp4' },
			{ output: 'none' },
			{ queueMs: 10_000, notCancellable: true },
		);
		assert.equal((await result(await buy(simulator))).error, 'The generation failed.');
		assert.deepEqual((await result(await buy(simulator))).error, { code: 'nsfw' });
		assert.equal((await result(await buy(simulator))).error, null);
		const id = await buy(simulator);
		assert.equal('cost' in (await result(id)), false);
		const { output, cost } = await result(id);
		assert.deepEqual([output, cost], [{ videos: [`${simulator.url}/files/${id}.mp4`] }, 0.42]);
		assert.equal((await result(await buy(simulator))).output, 'https://example.com/v.mp4');
		assert.equal('output' in (await result(await buy(simulator))), false);
		assert.equal((await cancel(await buy(simulator))).outcome, 'not_cancellable');
	});

	test('jobs: two vocabularies, reasons beside a missing output, words that nobody knows', async () => {
		simulator.planJobs(
			{ outcome: 'failed', statusOutcome: 'completed' },
			{ output: 'none', jobError: ['moderated'] },
			{ outcome: 'expired', jobError: 'too late' },
			{ outcome: 'done', output: 'video' },
		);
		const [failed, empty, expired, done] = [
			await buy(simulator),
			await buy(simulator),
			await buy(simulator),
			await buy(simulator),
		];
		assert.equal((await status(failed)).status, 'completed');
		assert.equal((await result(failed)).status, 'failed');
		const { output, error, cost } = await result(empty);
		assert.deepEqual([output, error, cost], [undefined, ['moderated'], 0.42]);
		assert.equal((await result(expired)).error, 'too late');
		assert.equal('output' in (await result(expired)), false);
		const { url } = simulator;
		assert.deepEqual((await result(done)).output, { video: `${url}/files/${done}.mp4` });
		assert.equal((await call(`/files/${done}.mp4`)).http, 200);
		assert.equal((await call(`/files/${expired}.mp4`)).http, 404);
	});

	test('jobs: "not ready" until they are over', async () => {
		for (const [notReady, ...expected] of [
			['status', 400, 200],
			['result', 200, 400],
			['both', 400, 400],
		] as const) {
			simulator.planJobs({ runMs: 10_000, notReady }, { runMs: 0, notReady });
			const [running, over] = [await buy(simulator), await buy(simulator)];
			const answers = async (id: string) => [
				await call(`/v1/requests/${id}/status`),
				await call(`/v1/requests/${id}/result`),
			];
			const found = await answers(running);
			assert.deepEqual(
				found.map(({ http }) => http),
				expected,
			);
			for (const { http, json } of found) if (http === 400) assert.equal(json.error_code, 400005);
			assert.deepEqual(
				(await answers(over)).map(({ http }) => http),
				[200, 200],
			);
		}
	});

	const shapes: Array<[JobPlan['output'], (url: string) => unknown]> = [
		['video', (url) => ({ video: url })],
		['videos', (url) => ({ videos: [url] })],
		['string', (url) => url],
		['list', (url) => [url]],
		['videoObject', (url) => ({ video: { url } })],
		['objects', (url) => [{ url }]],
		['twice', (url) => ({ video: url, videos: [url, url] })],
		[
			'mixed',
			(url) => ({
				image: url.replace('.mp4', '.png'),
				audios: [url.replace('.mp4', '.mp3')],
				video: url,
			}),
		],
		['image', (url) => ({ image: url.replace('.mp4', '.png') })],
		['audios', (url) => ({ audios: [url.replace('.mp4', '.mp3')] })],
		['imageObject', (url) => ({ image: { url: url.replace('.mp4', '.png') } })],
		['object', (url) => ({ url })],
		['text', () => ({ text: 'no file' })],
	];
	for (const [output, shape] of shapes)
		test(`jobs: an output of the shape ${output}`, async () => {
			simulator.planJobs({ output });
			const id = await buy(simulator);
			assert.deepEqual((await result(id)).output, shape(`${simulator.url}/files/${id}.mp4`));
		});

	test('mistakes in a fault or a plan are named', () => {
		const add = (fault: object) => () => simulator.addFaults(fault as Fault);
		const plan = (plan: object) => () => simulator.planJobs(plan);
		assert.throws(add({ status: 500 }), /needs "on"/);
		assert.throws(add({ on: 'status', statsu: 500 }), /no field "statsu"/);
		assert.throws(add({ on: 'status', breakAt: 5 }), /no field "breakAt"/);
		assert.throws(plan({ status: 500 }), /no field "status"/);
		assert.throws(add({ on: 'status', status: '500' }), /"status" cannot be "500"/);
		assert.throws(plan({ output: 'toString' }), /"output" cannot be "toString"/);
		assert.throws(plan({ notReady: true }), /"notReady" cannot be true/);
	});

	test('another process can add faults, plan jobs, read and reset', async () => {
		const remote = connectSimulator(simulator.url);
		await remote.addFaults({ on: 'model', status: 500 });
		await remote.planJobs({ outcome: 'failed' });
		await buy(simulator);
		assert.equal((await call(model)).http, 500);
		assert.deepEqual(
			(await remote.log()).map(({ kind }) => kind),
			['submit', 'model'],
		);
		assert.equal((await remote.jobs())[0].status, 'failed');
		await assert.rejects(remote.addFaults({ on: 'nothing' } as never), /needs "on"/);
		await remote.reset();
		assert.deepEqual([simulator.log.length, simulator.jobs.size], [0, 0]);
	});
});
