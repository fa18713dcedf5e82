import { at, inShort, isRefusal, type Answer } from './api.mts';
import { judge, type Finding } from './finding.mts';

type Json = Record<string, unknown>;

/** What is known of the catalogue: what a form can be made of without guessing. */
const KNOWN = {
	kinds: ['inference', 'model', 'workflow'],
	units: ['output', 'second'],
	types: ['array', 'boolean', 'float', 'integer', 'null', 'number', 'object', 'string'],
	formats: ['audio_uri', 'audio_uris', 'image_uri', 'image_uris', 'video_uri', 'video_uris'],
	rules: ['file_size_mb', 'height_pixels', 'width/height', 'width_pixels'],
};
const COMPOSITIONS = ['$ref', 'allOf', 'anyOf', 'oneOf'];

/** What all records together say, in words that are known and words that are not. */
export function* survey(answer: Answer): Generator<Finding> {
	const records = at(answer.body, 'models') as Json[] | undefined;
	if (!Array.isArray(records)) {
		yield judge('What do all records hold?', 'HTTP 200 with models', inShort(answer), [
			{ holds: false, node: '' },
			{ holds: isRefusal(answer), node: 'says in the list why there is none' },
		]);
		return;
	}
	const schemas = records.map((record) => record.input_schema).filter(Boolean) as Json[];
	const fields = schemas.flatMap((schema) => Object.values(schema.properties ?? {}) as Json[]);
	const parts = fields.flatMap((field) => [field, (field.items ?? {}) as Json]);
	const count = (key: string) => records.filter((record) => record[key] == null).length;
	const total = `${records.length} records, ${schemas.length} with a schema`;
	yield judge(
		'Do all records have a schema, a price and a name?',
		'all of them a schema, most of them the others',
		`${total}; without a price ${count('base_price_usd')}, without a name ${count('display_name')}`,
		[
			{
				holds: schemas.length === records.length,
				node: 'makes a form of each, and says where a price is missing',
			},
			{ holds: schemas.length > 0, node: 'takes the others with Additional Input alone' },
		],
	);
	const words: Array<[keyof typeof KNOWN, string, unknown[], string]> = [
		['kinds', 'kinds of models', records.map(({ kind }) => kind), 'lists it like the others'],
		[
			'units',
			'units of prices',
			records.map(({ price_unit }) => price_unit),
			'says that the price cannot be told',
		],
		['types', 'types of fields', parts.flatMap(({ type }) => type), 'takes it as JSON'],
		['formats', 'formats of fields', parts.map(({ format }) => format), 'takes it as text'],
		[
			'rules',
			'rules of validations',
			parts
				.flatMap(({ validations }) => (Array.isArray(validations) ? validations : []))
				.map((rule: unknown) => at(rule, 'validation_rule')),
			'leaves it to RunComfy',
		],
	];
	for (const [list, what, found, node] of words) {
		const seen = [
			...new Set(found.filter(Boolean).map((word) => String(word).toLowerCase())),
		].toSorted();
		const unknown = seen.filter((word) => !KNOWN[list].includes(word));
		yield judge(`Which ${what} are there?`, KNOWN[list].join(', '), seen.join(', ') || 'none', [
			{ holds: unknown.length === 0, node: 'knows them' },
			{ holds: true, node: `${node}: ${unknown.join(', ')}` },
		]);
	}
	const composed = COMPOSITIONS.filter((word) => JSON.stringify(schemas).includes(`"${word}":`));
	yield judge('Is any schema composed of others?', 'no', composed.join(', ') || 'no', [
		{ holds: composed.length === 0, node: 'makes a form without them' },
		{ holds: true, node: 'takes such a field as JSON' },
	]);
}
