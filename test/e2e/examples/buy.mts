import type { Simulator } from '../../simulator/index.mts';

const MODEL = 'kling/kling-video-o3/standard/reference-to-video';

/** Buys a clip outside n8n, and returns its request id. */
export async function buy({ url, token }: Simulator, prompt: string): Promise<string> {
	const response = await fetch(`${url}/v1/models/${MODEL}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: JSON.stringify({ prompt }),
	});
	return ((await response.json()) as { request_id: string }).request_id;
}
