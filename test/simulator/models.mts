import fourK from './schemas/kling-o3-4k-reference-to-video.schema.json' with { type: 'json' };
import pro from './schemas/kling-o3-pro-reference-to-video.schema.json' with { type: 'json' };
import standard from './schemas/kling-o3-standard-reference-to-video.schema.json' with { type: 'json' };

export interface Model {
	modelId: string;
	displayName: string;
	/** USD per second of video. */
	basePriceUsd: number;
	pricingNote: string;
	/** Factor on the base price when `sound` is on. */
	soundFactor: number;
	inputSchema: { properties: Record<string, unknown> };
}

/** Sound: 0.112 instead of 0.084 USD per second (RunComfy model page, standard tier). */
const SOUND_FACTOR = 4 / 3;
/** A reference video: 0.126 instead of 0.084, whatever the sound (same page). */
const VIDEO_FACTOR = 1.5;
/** Default of `duration` in all three published schemas, in seconds. */
const DEFAULT_SECONDS = 5;

export function catalogue(prices: Record<string, number> = {}): Model[] {
	const model = (tier: string, fields: Omit<Model, 'modelId' | 'displayName'>): Model => {
		const modelId = `kling/kling-video-o3/${tier}/reference-to-video`;
		return {
			...fields,
			modelId,
			displayName: `Kling Video O3 ${tier} Reference to Video (simulated)`,
			basePriceUsd: prices[modelId] ?? fields.basePriceUsd,
		};
	};
	return [
		model('standard', {
			// RunComfy model page
			basePriceUsd: 0.084,
			pricingNote: '$0.084 per second, $0.112 with sound, 1.5 times with a reference video.',
			soundFactor: SOUND_FACTOR,
			inputSchema: standard,
		}),
		model('pro', {
			// Made up: RunComfy publishes this price in its live catalogue only
			basePriceUsd: 0.12,
			pricingNote: 'Made-up price of the simulator. Factors as in the standard tier.',
			soundFactor: SOUND_FACTOR,
			inputSchema: pro,
		}),
		model('4K', {
			// Made up, as above. That sound leaves the price unchanged is on the model page
			basePriceUsd: 0.42,
			pricingNote: 'Made-up price of the simulator. Sound does not change it.',
			soundFactor: 1,
			inputSchema: fourK,
		}),
	];
}

export function catalogueEntry(model: Model, includeSchema: boolean) {
	return {
		model_id: model.modelId,
		display_name: model.displayName,
		base_price_usd: model.basePriceUsd,
		price_unit: 'second',
		pricing_note: model.pricingNote,
		...(includeSchema ? { input_schema: model.inputSchema } : {}),
	};
}

/** USD, free of floating point dust: 0.084 × 5 is 0.42. */
export function price(model: Model, input: Record<string, unknown>): number {
	const seconds = typeof input.duration === 'number' ? input.duration : DEFAULT_SECONDS;
	const withoutVideo = input.sound === true ? model.soundFactor : 1;
	const factor = input.video === undefined ? withoutVideo : VIDEO_FACTOR;
	return Math.round(model.basePriceUsd * seconds * factor * 1e6) / 1e6;
}
