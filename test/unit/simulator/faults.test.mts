import { request } from 'node:http';
import { connectSimulator } from '../../../simulator/index.mts';
import type { Effect, Fault, JobPlan } from '../../../simulator/index.mts';
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
		expect(Math.abs(Date.now() - atMs)).toBeLessThan(5000);
		const image = {
			dataUri: true,
			declaredType: 'image/png',
			sniffedType: 'image/png',
			bytes: PNG.length,
			sha256: sha256(PNG),
		};
		expect(entry).toStrictEqual({
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
		expect([...simulator.jobs.values()][0].body).toStrictEqual(entry.body);
	});

	test('a token sent with a download shows', async () => {
		await call(`/files/${await buy(simulator)}.mp4`);
		expect([last().kind, last().authorization]).toStrictEqual(['file', 'valid']);
	});

	test('a client that leaves while it sends bought nothing', async () => {
		const options = { method: 'POST', headers: { ...TOKEN, 'content-length': 1000 } };
		const upload = request(`${simulator.url}/v1/models/${STANDARD}`, options);
		upload.on('error', () => undefined).write('{');
		await until('it arrives', () => simulator.log.length > 0, { everyMs: 5 });
		upload.destroy();
		await until('the client is gone', () => last().aborted, { everyMs: 5 });
		expect(last().answered).toBeUndefined();
		expect(simulator.jobs.size).toBe(0);
	});
});

describe('faults and plans', () => {
	withSimulator();
	const model = `/v1/models/${STANDARD}`;

	const answers: Array<[string, Effect, number, RegExp]> = [
		['a status', { status: 503 }, 503, /"message":"Service Unavailable"/],
		['a code', { error: 400002 }, 402, /"error_code":400002,"error_message":"Insuff/],
		['a code with detail and HTTP 200', { error: 403001, status: 200, detail: 'x' }, 200, /"x"/],
		[
			'a code beside message',
			{ error: 400002, merge: { error_message: null, message: 'x' } },
			402,
			/2,"message":"x"/,
		],
		['a JSON body', { status: 429, body: { error: 'slow' } }, 429, /^\{"error":"slow"\}$/],
		['a raw body', { body: 'nonsense' }, 200, /^nonsense$/],
		['an HTML page', { html: true }, 502, /^<html>.*502 Bad Gateway/],
		['another 2xx', { status: 202 }, 202, /"base_price_usd":0.084/],
		['merge', { merge: { price_unit: 'output', pricing_note: null } }, 200, /"output","input_/],
		['truncate', { truncate: true }, 200, /^\{"model_id".*[^}]$/],
	];
	test.each(answers)('%s', async (_name, effect, http, text) => {
		simulator.addFaults({ on: 'model', ...effect });
		const response = await fetch(simulator.url + model, { headers: TOKEN });
		expect(response.status).toBe(http);
		expect(await response.text()).toMatch(text);
		expect((await call(model)).http).toBe(200);
	});

	test('headers and a delay', async () => {
		simulator.addFaults({
			on: 'model',
			status: 429,
			headers: { 'retry-after': '7' },
			delayMs: 120,
		});
		const startedAt = performance.now();
		expect((await call(model)).headers.get('retry-after')).toBe('7');
		expect(performance.now() - startedAt).toBeGreaterThanOrEqual(110);
	});

	test('reset cuts the connection, hang never answers', async () => {
		simulator.addFaults({ on: 'model', reset: true }, { on: 'model', hang: true });
		await expect(call(model)).rejects.toThrow();
		expect(last().answered).toBeUndefined();
		expect(last().aborted).toBeUndefined();
		await expect(call(model, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
		await until('the client is gone', () => last().aborted, { everyMs: 5 });
		expect(last().answered).toBeUndefined();
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
			await expect(async () => {
				for await (const chunk of response.body!) bytes += chunk.length;
			}).rejects.toThrow();
			expect(bytes).toBe(Math.floor(Number(response.headers.get('content-length')) / 2));
		}
	});

	test('a fault buys nothing, unless it comes after the work', async () => {
		const effects: Effect[] = [{ reset: true }, { status: 500 }, { body: {} }];
		for (const effect of effects) {
			simulator.addFaults({ on: 'submit', ...effect });
			await submit({ prompt: 'a' }).catch(() => undefined);
			expect(simulator.jobs.size).toBe(0);
		}
		for (const effect of effects) {
			simulator.addFaults({ on: 'submit', after: true, ...effect });
			await submit({ prompt: 'a' }).catch(() => undefined);
		}
		simulator.addFaults({ on: 'submit', merge: { request_id: null } });
		expect('request_id' in (await submit({ prompt: 'a' })).json).toBe(false);
		expect(simulator.jobs.size).toBe(4);
	});

	test('skip and times count matching requests', async () => {
		simulator.addFaults({ on: 'model', skip: 1, times: 2, status: 500 });
		simulator.addFaults({ on: 'model', skip: 4, times: -1, status: 404 });
		const seen = [];
		for (let n = 0; n < 6; n++) seen.push((await call(model)).http);
		expect(seen).toStrictEqual([200, 500, 500, 200, 404, 404]);
	});

	test('nth and requestId aim at one job', async () => {
		simulator.addFaults(
			{ on: 'status', nth: 2, status: 500 },
			{ on: 'submit', nth: 3, status: 400 },
		);
		const [first, second] = [await buy(simulator), await buy(simulator)];
		simulator.addFaults({ on: 'result', requestId: first, status: 404 });
		expect((await submit({ prompt: 'a' })).http).toBe(400);
		expect((await call(`/v1/requests/${first}/status`)).http).toBe(200);
		expect((await call(`/v1/requests/${second}/status`)).http).toBe(500);
		expect((await call(`/v1/requests/${second}/result`)).http).toBe(200);
		expect((await call(`/v1/requests/${first}/result`)).http).toBe(404);
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
		expect((await result(await buy(simulator))).error).toBe('The generation failed.');
		expect((await result(await buy(simulator))).error).toStrictEqual({ code: 'nsfw' });
		expect((await result(await buy(simulator))).error).toBe(null);
		const id = await buy(simulator);
		expect('cost' in (await result(id))).toBe(false);
		const { output, cost } = await result(id);
		expect([output, cost]).toStrictEqual([{ videos: [`${simulator.url}/files/${id}.mp4`] }, 0.42]);
		expect((await result(await buy(simulator))).output).toBe('https://example.com/v.mp4');
		expect('output' in (await result(await buy(simulator)))).toBe(false);
		expect((await cancel(await buy(simulator))).outcome).toBe('not_cancellable');
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
		expect((await status(failed)).status).toBe('completed');
		expect((await result(failed)).status).toBe('failed');
		const { output, error, cost } = await result(empty);
		expect([output, error, cost]).toStrictEqual([undefined, ['moderated'], 0.42]);
		expect((await result(expired)).error).toBe('too late');
		expect('output' in (await result(expired))).toBe(false);
		const { url } = simulator;
		expect((await result(done)).output).toStrictEqual({ video: `${url}/files/${done}.mp4` });
		expect((await call(`/files/${done}.mp4`)).http).toBe(200);
		expect((await call(`/files/${expired}.mp4`)).http).toBe(404);
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
			expect(found.map(({ http }) => http)).toStrictEqual(expected);
			for (const { http, json } of found) if (http === 400) expect(json.error_code).toBe(400005);
			expect((await answers(over)).map(({ http }) => http)).toStrictEqual([200, 200]);
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
			expect((await result(id)).output).toStrictEqual(shape(`${simulator.url}/files/${id}.mp4`));
		});

	test('mistakes in a fault or a plan are named', () => {
		const add = (fault: object) => () => simulator.addFaults(fault as Fault);
		const plan = (plan: object) => () => simulator.planJobs(plan);
		expect(add({ status: 500 })).toThrow(/needs "on"/);
		expect(add({ on: 'status', statsu: 500 })).toThrow(/no field "statsu"/);
		expect(add({ on: 'status', breakAt: 5 })).toThrow(/no field "breakAt"/);
		expect(plan({ status: 500 })).toThrow(/no field "status"/);
		expect(add({ on: 'status', status: '500' })).toThrow(/"status" cannot be "500"/);
		expect(plan({ output: 'toString' })).toThrow(/"output" cannot be "toString"/);
		expect(plan({ notReady: true })).toThrow(/"notReady" cannot be true/);
	});

	test('another process can add faults, plan jobs, read and reset', async () => {
		const remote = connectSimulator(simulator.url);
		await remote.addFaults({ on: 'model', status: 500 });
		await remote.planJobs({ outcome: 'failed' });
		await buy(simulator);
		expect((await call(model)).http).toBe(500);
		expect((await remote.log()).map(({ kind }) => kind)).toStrictEqual(['submit', 'model']);
		expect((await remote.jobs())[0].status).toBe('failed');
		await expect(remote.addFaults({ on: 'nothing' } as never)).rejects.toThrow(/needs "on"/);
		await remote.reset();
		expect([simulator.log.length, simulator.jobs.size]).toStrictEqual([0, 0]);
	});
});
