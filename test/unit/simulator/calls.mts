import { readFileSync } from 'node:fs';
import { STANDARD } from '../../fixtures/models.mts';
import { simulator } from '../../support/simulator.mts';

export const TOKEN = { authorization: 'Bearer simulator-token' };

export const CLIP = readFileSync(new URL('../../../simulator/media/clip.mp4', import.meta.url));
export const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
export const MIB = 1024 * 1024;
export const PICTURE = 'https://example.com/a.png';

export const dataUri = (type: string, bytes: Buffer) =>
	`data:${type};base64,${bytes.toString('base64')}`;

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

export const status = async (id: string) => (await call(`/v1/requests/${id}/status`)).json;
export const result = async (id: string) =>
	(await call(`/v1/requests/${id}/result?include_cost=true`)).json;
export const cancel = async (id: string) =>
	(await call(`/v1/requests/${id}/cancel`, { method: 'POST' })).json;
export const last = () => simulator.log[simulator.log.length - 1];

const SIGNATURES: Record<string, RegExp> = {
	'image/png': /^\x89PNG/,
	'image/jpeg': /^\xff\xd8\xff/,
	'image/webp': /^RIFF....WEBP/s,
	'video/mp4': /^....ftyp/s,
	'audio/mpeg': /^(ID3|\xff[\xe0-\xff])/,
	'audio/wav': /^RIFF....WAVE/s,
};

/** The addresses in an output, whatever its shape. */
export function urlsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return Object.values((value ?? {}) as object).flatMap(urlsIn);
}

/** Fetches a file, which must be what it says it is; its type. */
export async function download(url: string) {
	const response = await fetch(url);
	expect([url, response.status]).toStrictEqual([url, 200]);
	const type = response.headers.get('content-type') ?? '';
	const bytes = Buffer.from(await response.arrayBuffer());
	expect(bytes.toString('latin1', 0, 16)).toMatch(SIGNATURES[type]);
	expect(bytes.length).toBe(Number(response.headers.get('content-length')));
	return type;
}
