import { Ajv } from 'ajv';
import fc from 'fast-check';
import { violationsOf } from '../../../dist/nodes/RunComfy/resources/model/validate.js';
import { allModels } from '../../../simulator/models.mts';
import { standard } from '../../../simulator/validate.mts';

type Schema = Parameters<typeof standard>[0];

/** What a well-kept validator finds, as path and keyword of each violation. */
function byAjv(schema: Schema) {
	const ajv = new Ajv({
		allErrors: true,
		strict: false,
		validateFormats: false,
		ownProperties: true,
	});
	const check = ajv.compile(standard(schema));
	return (value: unknown): string[] => {
		check(value);
		return (check.errors ?? []).map(({ instancePath, keyword, params }) => {
			const missing = keyword === 'required' ? `/${params.missingProperty}` : '';
			return `${instancePath}${missing} ${keyword}`;
		});
	};
}

const own = (schema: Schema, value: unknown): string[] =>
	violationsOf(schema, value).map(
		({ path, keyword }) => `${path.map((step) => `/${step}`).join('')} ${keyword}`,
	);

/** A wrong type makes all else there and below moot; Ajv goes on about it, which nobody needs to read. */
function withoutMoot(found: string[]): string[] {
	const pathOf = (one: string) => one.split(' ')[0];
	const wrong = found.filter((one) => one.endsWith(' type')).map(pathOf);
	const isMoot = (one: string) =>
		wrong.some(
			(path) =>
				pathOf(one).startsWith(`${path}/`) || (pathOf(one) === path && !one.endsWith(' type')),
		);
	return found.filter((one) => !isMoot(one)).sort();
}

const agree = (schema: Schema, check: (value: unknown) => string[], value: unknown) =>
	expect([JSON.stringify(value), own(schema, value).sort()]).toStrictEqual([
		JSON.stringify(value),
		withoutMoot(check(value)),
	]);

/** Ajv stumbles over values with these names. */
const anyJson = fc
	.jsonValue({ maxDepth: 2 })
	.filter((value) => !/"(valueOf|toString)"/.test(JSON.stringify(value)));

/** Values near what a schema wants: right ones, ones at its limits, and wrong ones of all kinds. */
function valuesFor(schema: Schema): fc.Arbitrary<unknown> {
	const limits = ['minimum', 'maximum'].flatMap((key) =>
		typeof schema[key] === 'number' ? [schema[key] as number] : [],
	);
	const near = limits.flatMap((limit) => [limit - 1, limit - 0.5, limit, limit + 0.5, limit + 1]);
	const most = Number(schema.maxLength ?? 3);
	const entries = Object.entries(schema.properties ?? {});
	const choices: Array<fc.Arbitrary<unknown>> = [
		fc.constantFrom<unknown>(null, true, false, 0, -1, 2.5, 1e12, '', 'auto', '5', [], {}),
		fc.constantFrom<unknown>(...near, 'x'.repeat(most), '🎬'.repeat(most), 'x'.repeat(most + 1)),
	];
	if (Array.isArray(schema.enum)) choices.push(fc.constantFrom(...(schema.enum as unknown[])));
	if (schema.items || /array/i.test(String(schema.type)))
		choices.push(fc.array(valuesFor(schema.items ?? {}), { maxLength: 12 }));
	if (entries.length) {
		const fields = entries.map(([name, field]) => [name, valuesFor(field)]);
		choices.push(fc.record(Object.fromEntries(fields), { requiredKeys: [] }));
	}
	return fc.oneof(...choices);
}

const TYPES = ['string', 'integer', 'float', 'number', 'boolean', 'array', 'object'];

/** Schemas with everything that RunComfy's have, in all combinations. */
const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
	schema: fc.record(
		{
			type: fc.oneof(
				fc.constantFrom(...TYPES),
				fc.constantFrom(...TYPES).map((type) => type.toUpperCase()),
				fc.constantFrom(...TYPES).map((type) => [type, 'null']),
			),
			enum: fc.uniqueArray(fc.constantFrom<unknown>('a', 'b', 1, 2, 5, true, null, [1], { a: 1 }), {
				minLength: 1,
			}),
			minimum: fc.integer({ min: -5, max: 5 }),
			maximum: fc.integer({ min: -5, max: 3e9 }),
			minItems: fc.integer({ min: 0, max: 2 }),
			maxItems: fc.integer({ min: 0, max: 3 }),
			maxLength: fc.integer({ min: 0, max: 4 }),
			items: fc.oneof({ maxDepth: 1 }, fc.constant({}), tie('schema')),
			properties: fc.dictionary(
				fc.constantFrom('a', 'b', '33_video', 'c'),
				fc.oneof({ maxDepth: 1 }, fc.constant({ type: 'string' }), tie('schema')),
			),
			required: fc.uniqueArray(fc.constantFrom('a', 'b', 'missing')),
		},
		{ requiredKeys: [] },
	) as fc.Arbitrary<Schema>,
}));

describe('the validator finds what Ajv finds', () => {
	for (const { record } of allModels().values()) {
		test(record.model_id, () => {
			const { input_schema: schema } = record;
			const check = byAjv(schema);
			const inputs = fc.oneof(valuesFor(schema), anyJson);
			fc.assert(
				fc.property(inputs, (value) => agree(schema, check, value)),
				{ numRuns: 300 },
			);
		});
	}

	test('in schemas and values of any kind', () => {
		const cases = anySchema.chain((schema) => {
			const value = fc.oneof(valuesFor(schema), anyJson);
			return fc.tuple(fc.constant(schema), fc.array(value, { minLength: 10, maxLength: 10 }));
		});
		const allAgree = ([schema, values]: [Schema, unknown[]]) => {
			const check = byAjv(schema);
			for (const value of values) agree(schema, check, value);
		};
		fc.assert(fc.property(cases, allAgree), { numRuns: 50 });
	});
});
