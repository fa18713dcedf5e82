import type { InputSchema, Model } from './models.mts';

/** Seconds of the clip that every video is. */
const CLIP_SECONDS = 5;

/**
 * What a job costs in USD, free of floating point dust (0.084 × 5 is 0.42); nothing where the catalogue
 * has no price. By which inputs RunComfy counts is known for Kling's tiers alone.
 */
export function priceOf(model: Model, body: Record<string, unknown>): number | undefined {
	const { base_price_usd: base, price_unit: unit, input_schema: schema } = model.record;
	if (base === undefined) return undefined;
	const input = { ...defaultsOf(schema), ...body };
	const usd = model.rates?.find((rate) => input[rate.with])?.usd ?? base;
	const count = unit === 'second' ? secondsOf(input) : outputsOf(input);
	return Math.round(usd * count * 1e6) / 1e6;
}

/** How many files a job makes. */
export function fileCount(model: Model, body: Record<string, unknown>): number {
	return outputsOf({ ...defaultsOf(model.record.input_schema), ...body });
}

function secondsOf({ duration, music_length_ms: length }: Record<string, unknown>): number {
	if (typeof length === 'number') return length / 1_000;
	return Number(duration) || CLIP_SECONDS;
}

const outputsOf = (input: Record<string, unknown>) =>
	Number(input.num_images ?? input.max_images) || 1;

/** Those of prompts and media are samples, and fill nothing in. */
function defaultsOf({ properties = {} }: InputSchema): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(properties)
			.filter(([, field]) => field.default !== undefined && field.format === undefined)
			.map(([name, field]) => [name, field.default]),
	);
}
