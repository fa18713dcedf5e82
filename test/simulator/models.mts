import { readdirSync, readFileSync } from 'node:fs';

/** A JSON Schema as RunComfy writes it. */
export interface InputSchema {
	type?: string | string[];
	format?: string;
	properties?: Record<string, InputSchema>;
	items?: InputSchema;
	required?: string[];
	default?: unknown;
	validations?: Validation[];
	[keyword: string]: unknown;
}

/** A rule for a file, as RunComfy writes it beside a media field. */
export interface Validation {
	/** What is compared, and how: `file_size_mb<`. */
	validation_rule: string;
	validation_value: number;
	validation_error: string;
}

/** A record of the catalogue, as it is answered. */
export interface ModelRecord {
	model_id: string;
	display_name?: string;
	description: string;
	categories: string[];
	kind: string;
	base_price_usd?: number;
	price_unit: string;
	pricing_note?: string;
	input_schema: InputSchema;
}

/** A file of `models/`; README.md says what its other fields are. */
export interface Model {
	record: ModelRecord;
	/** Other prices than the base price: the first whose field is set or true counts. */
	rates?: Array<{ with: string; usd: number }>;
	/** JSON Schema of the rules that RunComfy states in prose only. */
	rules?: object;
}

const FOLDER = new URL('./models/', import.meta.url);

const MODELS: Model[] = readdirSync(FOLDER)
	.sort()
	.map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Model)
	.map((model) => ({ ...model, record: { ...model.record, input_schema: sorted(model) } }));

/** The keys of live schemas come in alphabetical order; the order of `required` is authored. */
function sorted({ record }: Model): InputSchema {
	const text = JSON.stringify(record.input_schema);
	return JSON.parse(text, (_, value) => {
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
		const keys = Object.keys(value).sort();
		return Object.fromEntries(keys.map((key) => [key, value[key]]));
	});
}

/** All models by id, with these base prices in place of their own, and filled up to `size` of them. */
export function allModels(prices: Record<string, number> = {}, size = 0): Map<string, Model> {
	const fillers = Array.from({ length: Math.max(0, size - MODELS.length) }, (_, at) =>
		filler(at + 1),
	);
	return new Map(
		[...MODELS, ...fillers].map((model) => {
			const { model_id: id, base_price_usd: own } = model.record;
			const rates = model.rates?.map((rate) => ({
				...rate,
				usd: (rate.usd / (own ?? 1)) * (prices[id] ?? own ?? 1),
			}));
			const record = id in prices ? { ...model.record, base_price_usd: prices[id] } : model.record;
			return [id, { ...model, record, rates }];
		}),
	);
}

function filler(n: number): Model {
	const number = String(n).padStart(3, '0');
	return {
		record: {
			model_id: `simulator/filler/${number}/text-to-image`,
			display_name: `Filler ${number} (simulated)`,
			description: 'Makes the catalogue as long as it was ordered.',
			categories: ['text-to-image'],
			kind: 'model',
			base_price_usd: 0.01,
			price_unit: 'output',
			input_schema: {
				properties: { prompt: { type: 'string' } },
				required: ['prompt'],
				type: 'object',
			},
		},
	};
}
