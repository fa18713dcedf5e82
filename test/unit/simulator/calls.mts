import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach } from 'node:test';
import { startSimulator } from '../../simulator/index.mts';
import type { Simulator, SimulatorOptions } from '../../simulator/index.mts';

export const STANDARD = 'kling/kling-video-o3/standard/reference-to-video';
export const PRO = 'kling/kling-video-o3/pro/reference-to-video';
export const FOUR_K = 'kling/kling-video-o3/4K/reference-to-video';
export const TOKEN = { authorization: 'Bearer simulator-token' };

export const CLIP = readFileSync(new URL('../../simulator/media/clip.mp4', import.meta.url));
export const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
export const MIB = 1024 * 1024;
export const PICTURE = 'https://example.com/a.png';

export const dataUri = (type: string, bytes: Buffer) =>
	`data:${type};base64,${bytes.toString('base64')}`;

export let simulator: Simulator;

export async function call(path: string, init: RequestInit = {}) {
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

export const submit = (input: unknown, model = STANDARD) =>
	call(`/v1/models/${model}`, { method: 'POST', body: JSON.stringify(input) });

export async function buy(input: object = {}, model = STANDARD): Promise<string> {
	const { http, json } = await submit({ prompt: 'a cat', ...input }, model);
	assert.equal(http, 200);
	return json.request_id;
}

export const status = async (id: string) => (await call(`/v1/requests/${id}/status`)).json;
export const result = async (id: string) =>
	(await call(`/v1/requests/${id}/result?include_cost=true`)).json;
export const cancel = async (id: string) =>
	(await call(`/v1/requests/${id}/cancel`, { method: 'POST' })).json;
export const last = () => simulator.log[simulator.log.length - 1];

/** Starts the simulator that the calls of this file go to. */
export async function start(options: SimulatorOptions = {}): Promise<void> {
	simulator = await startSimulator(options);
}

export function withSimulator(options: SimulatorOptions = {}) {
	before(() => start(options));
	beforeEach(() => simulator.reset());
	after(() => simulator.close());
}
