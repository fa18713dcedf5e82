import { exampleParameters } from '../runtime/example.mjs';

const DEFAULT_MODEL = 'kling/kling-video-o3/standard/reference-to-video';
// RunComfy's model page: with a reference video each second costs half as much again.
const REFERENCE_VIDEO_FACTOR = 1.5;

/** What the example workflow costs at the API, as a sentence. Reading the price is free. */
export async function priceSentence(baseUrl, apiToken) {
	const { duration } = await exampleParameters();
	const response = await fetch(`${baseUrl}/v1/models/${DEFAULT_MODEL}`, {
		headers: { authorization: `Bearer ${apiToken}` },
	}).catch(() => {
		throw new Error(`${baseUrl} could not be reached.`);
	});
	const { base_price_usd: base, price_unit: unit } = await response.json().catch(() => ({}));
	if (typeof base !== 'number') {
		const status = `HTTP ${response.status}`;
		throw new Error(`RunComfy did not name its price (${status}): check RUNCOMFY_API_TOKEN.`);
	}
	const units = unit === 'output' ? 1 : duration;
	const price = (base * units * REFERENCE_VIDEO_FACTOR).toFixed(2);
	const terms = unit === 'output' ? `$${base} per video` : `${duration} s at $${base}`;
	return `Price at the live API: $${price} (${terms} × ${REFERENCE_VIDEO_FACTOR} with a reference video).`;
}
