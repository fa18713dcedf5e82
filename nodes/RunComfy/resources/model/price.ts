import type { ModelEntry } from '../../api/types';
import type { Estimate } from '../../order/order';
import { clean } from '../../text/clean';
import { exactNumber } from '../../text/values';
import { defaultOf, enumOf, type Field } from './schema';

// Prices have three decimals and more; counting in millionths keeps products exact.
const MICRO = 1_000_000;

/** Inputs that set how long the result is, and how much of a second they count in. */
const LENGTHS: Array<[name: RegExp, perSecond: number]> = [
	[/^(duration|seconds|length)(_(s|sec|secs|seconds))?$/i, 1],
	[/^(\w+_)?(length|duration)_ms$/i, 1000],
];

/** Inputs that set how many results there are: num_images, max_images, … */
const COUNTS = /^(num|number_of|max)_(images|videos|audios|outputs|samples|results)$/i;

/** Inputs that are known to change prices, whether or not the catalogue says by how much. */
const DEARER = /resolution|quality|sound|audio/i;

type Input = Record<string, unknown>;

/**
 * The live price of a model × what the inputs say. The catalogue gives a base price and no quote, so where an
 * input may add to it, the amount is the least.
 */
export function estimate(entry: ModelEntry, fields: Field[], input: Input): Estimate {
	const basePrice = exactNumber(entry.base_price_usd);
	const unit = typeof entry.price_unit === 'string' ? entry.price_unit.toLowerCase() : '';
	if (basePrice === undefined || basePrice < 0 || !unit)
		return { basis: 'RunComfy gives no price for this model.' };
	const known = { basePrice, unit };
	const note = entry.pricing_note ? ` RunComfy says: ${clean(String(entry.pricing_note))}` : '';
	const unknown = (what: string) => ({
		...known,
		basis: `It is $${basePrice} per ${unit}, and ${what} is not known before.${note}`,
	});
	if (unit !== 'second' && unit !== 'output') return unknown('how many of these come up');
	const units = unit === 'second' ? secondsOf(fields, input) : countOf(fields, input);
	if (units === undefined) return unknown('how long the result will be');

	const cost = Math.round(Math.round(basePrice * MICRO) * units) / MICRO;
	const basis =
		unit === 'second'
			? `$${basePrice} a second × ${units} s`
			: `$${basePrice} an output × ${units}`;
	const dearer = fields.filter((field) => mayAdd(field, input));
	if (!dearer.length) return { ...known, cost, basis: `${basis}.` };
	const names = dearer.map(({ label }) => `'${label}'`).join(' and ');
	const text = `${basis}; what ${names} may add to it is not published.${note}`;
	return { ...known, cost, isLeast: true, basis: text };
}

/** What an input is, given or by default. */
const valueOf = (field: Field, input: Input): unknown => input[field.name] ?? defaultOf(field);

function secondsOf(fields: Field[], input: Input): number | undefined {
	// What is made from a clip may be as long as that, whatever the default of a length is.
	const hasClip = fields.some(
		({ name, media }) => media?.kind === 'video' && input[name] !== undefined,
	);
	for (const [name, perSecond] of LENGTHS) {
		const field = fields.find((one) => name.test(one.name));
		if (!field) continue;
		const length = exactNumber(hasClip ? input[field.name] : valueOf(field, input));
		if (length !== undefined && length > 0) return length / perSecond;
	}
	return undefined;
}

function countOf(fields: Field[], input: Input): number | undefined {
	const field = fields.find(({ name }) => COUNTS.test(name));
	return field ? (exactNumber(valueOf(field, input)) ?? 1) : 1;
}

/** Whether an input is set to something that may cost more than the base price. */
function mayAdd(field: Field, input: Input): boolean {
	const { name, schema, types, media } = field;
	if (media) return media.kind === 'video' && input[name] !== undefined;
	if (!DEARER.test(name)) return false;
	const value = valueOf(field, input);
	if (types.includes('boolean')) return value === true || value === undefined;
	// Choices go from the cheapest up.
	const choices = enumOf(schema);
	return choices !== undefined && types.includes('string') && value !== choices[0];
}
