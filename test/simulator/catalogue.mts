import type { Answer } from './answer.mts';
import { failure, refusal } from './errors.mts';
import type { Model } from './models.mts';

/** Largest page (official clients); the size of a page that nobody asked for is made up. */
const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 20;

/** `GET /v1/models/{model_id}`. */
export function modelAnswer(model: Model | undefined): Answer {
	if (!model) return refusal(400001, 'Unknown model_id.');
	return { status: 200, json: entry(model, true) };
}

/** `GET /v1/models`. What is searched, and how, is made up; ids, names and descriptions are plausible. */
export function modelsAnswer(models: Iterable<Model>, query: URLSearchParams): Answer {
	const limit = wholeNumber(query.get('limit'), DEFAULT_LIMIT);
	const offset = wholeNumber(query.get('offset'), 0);
	const isLimit = limit !== undefined && limit >= 1 && limit <= MAX_LIMIT;
	if (!isLimit) return invalid('limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
	if (offset === undefined) return invalid('offset', 'must be a whole number from 0');

	const [search, category, kind] = ['search', 'category', 'kind'].map((key) => query.get(key));
	const found = [...models].filter(({ record }) => {
		const text = [record.model_id, record.display_name, record.description].join(' ');
		return (
			(!search || text.toLowerCase().includes(search.toLowerCase())) &&
			(!category || record.categories.includes(category)) &&
			(!kind || record.kind === kind)
		);
	});
	const includeSchema = query.get('include_schema') === 'true';
	const page = found.slice(offset, offset + limit).map((model) => entry(model, includeSchema));
	return { status: 200, json: { models: page, total: found.length, limit, offset } };
}

/** `GET /v1/models/categories`. */
export function categoriesAnswer(models: Iterable<Model>): Answer {
	const all = [...models].flatMap(({ record }) => record.categories);
	return { status: 200, json: { categories: [...new Set(all)].sort() } };
}

function entry({ record }: Model, includeSchema: boolean) {
	const { input_schema: schema, ...rest } = record;
	return {
		...rest,
		...(includeSchema ? { input_schema: schema } : {}),
		// That there are these three is known, what is in the last two is not
		model_url: `https://www.runcomfy.com/models/${record.model_id}`,
		inputs: Object.keys(schema.properties ?? {}),
		required_inputs: schema.required ?? [],
	};
}

function wholeNumber(text: string | null, otherwise: number): number | undefined {
	if (text === null) return otherwise;
	return /^\d+$/.test(text) ? Number(text) : undefined;
}

const invalid = (name: string, msg: string) =>
	failure(422, [{ loc: ['query', name], msg, type: 'value_error' }]);
