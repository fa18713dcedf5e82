import { STANDARD } from '../fixtures/models.mts';
import type { Simulator } from '../../simulator/index.mts';

/** Buys a video outside n8n, and returns its request id. */
export async function buy(
	{ url, token }: Simulator,
	input: object = {},
	model = STANDARD,
): Promise<string> {
	const response = await fetch(`${url}/v1/models/${model}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ prompt: 'a cat', ...input }),
	});
	expect(response.status).toBe(200);
	return ((await response.json()) as { request_id: string }).request_id;
}
