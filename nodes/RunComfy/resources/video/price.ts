import type { ModelEntry } from '../../api/types';
import type { Estimate } from '../../order/order';
import { exactBoolean, exactNumber } from '../../text/values';
import type { ModelInputs } from './inputs';
import { DEFAULT_SECONDS, tierOf, type Fraction } from './tiers';

// Prices have three decimals; counting in millionths keeps sums and fractions exact.
const MICRO = 1_000_000;

/** The live price of a model × the inputs of one video. */
export function estimate(
	modelId: string,
	entry: ModelEntry,
	inputs: ModelInputs,
	hasVideo: boolean,
): Estimate {
	const basePrice = exactNumber(entry.base_price_usd);
	const unit = entry.price_unit;
	if (basePrice === undefined || basePrice <= 0 || (unit !== 'second' && unit !== 'output')) {
		return { basis: 'RunComfy gives no price for this model.' };
	}
	const known = { basePrice, unit };
	const seconds = inputs.duration === undefined ? DEFAULT_SECONDS : exactNumber(inputs.duration);
	if (unit === 'second' && (seconds === undefined || seconds <= 0)) {
		return { ...known, basis: 'The price is per second, and the length of the clip is not known.' };
	}
	const { factor, words } = factorOf(modelId, exactBoolean(inputs.sound) === true, hasVideo);
	if (!factor) return { ...known, basis: `${words}.` };
	if (unit === 'output' && words) {
		return {
			...known,
			basis: 'What sound or a reference video adds to a price per video is not known.',
		};
	}
	const units = unit === 'second' ? (seconds as number) : 1;
	const micro = Math.round((Math.round(basePrice * MICRO) * units * factor[0]) / factor[1]);
	const per = unit === 'second' ? ` a second × ${units} s` : ' a video';
	return { ...known, cost: micro / MICRO, basis: `$${basePrice}${per}${words}.` };
}

function factorOf(
	modelId: string,
	sound: boolean,
	video: boolean,
): { factor?: Fraction; words: string } {
	const tier = tierOf(modelId);
	const name = tier?.name ?? modelId;
	// A reference video overrides the rate for sound (model page)
	const extra = video ? 'video' : sound ? 'sound' : undefined;
	if (!extra) return { factor: [1, 1], words: '' };
	const label = extra === 'video' ? 'a reference video' : 'sound';
	const factor = tier?.priceFactors[extra];
	if (!factor) return { words: `What ${label} adds to the price of ${name} is not published` };
	const [numerator, denominator] = factor;
	if (numerator === denominator) return { factor, words: `, ${label} included` };
	return { factor, words: ` × ${numerator}/${denominator} with ${label}` };
}
