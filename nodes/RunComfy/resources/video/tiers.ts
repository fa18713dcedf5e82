/** What sets a tier of Kling Video O3 Reference to Video apart (RunComfy's published schemas). */
export interface Tier {
	name: string;
	modelId: string;
	/** What the form says next to its name. */
	description: string;
	/** Takes a reference video, and with it "keep original sound". */
	takesVideo: boolean;
	/** Sound may be requested along with a reference video, even if it then has no effect. */
	takesSoundWithVideo: boolean;
	/** The model page and the schema name different defaults for `shot_type`, so it is always sent. */
	alwaysSendsShotType: boolean;
	/** Most reference images. */
	maxImages: { alone: number; withVideo: number };
	/** What sound and a reference video do to the price, as exact fractions, where that is known. */
	priceFactors: { sound?: Fraction; video?: Fraction };
}

export type Fraction = readonly [numerator: number, denominator: number];

/** The length of a clip when none is sent (published schemas). */
export const DEFAULT_SECONDS = 5;

const MAX_IMAGES = { alone: 7, withVideo: 4 };

export const STANDARD: Tier = {
	name: 'Standard',
	modelId: 'kling/kling-video-o3/standard/reference-to-video',
	description: '$0.084 a second; $0.112 with sound, $0.126 with a reference video (2026-09)',
	takesVideo: true,
	takesSoundWithVideo: true,
	alwaysSendsShotType: false,
	maxImages: MAX_IMAGES,
	// Model page: $0.084 a second, $0.112 with sound, $0.126 with a reference video
	priceFactors: { sound: [4, 3], video: [3, 2] },
};

export const PRO: Tier = {
	name: 'Pro',
	modelId: 'kling/kling-video-o3/pro/reference-to-video',
	description: 'More detail. Estimate Cost reads the price.',
	takesVideo: true,
	takesSoundWithVideo: false,
	alwaysSendsShotType: true,
	maxImages: MAX_IMAGES,
	priceFactors: {},
};

export const FOUR_K: Tier = {
	name: '4K',
	modelId: 'kling/kling-video-o3/4K/reference-to-video',
	description: 'Highest resolution, no reference video. Estimate Cost reads the price.',
	takesVideo: false,
	takesSoundWithVideo: false,
	alwaysSendsShotType: false,
	// Model page, in words; its schema has no maxItems
	maxImages: MAX_IMAGES,
	// Model page: sound does not change the price
	priceFactors: { sound: [1, 1] },
};

export const TIERS: readonly Tier[] = [STANDARD, PRO, FOUR_K];

/** The tier of a model id; undefined for a model this node does not know. */
export function tierOf(modelId: string): Tier | undefined {
	return TIERS.find((tier) => tier.modelId === modelId);
}
