import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { withSimulator } from '../../support/simulator.mts';
import { PICTURE, download, result, submit, urlsIn } from './calls.mts';

interface Schema {
	type?: string | string[];
	format?: string;
	enum?: unknown[];
	minimum?: number;
	maximum?: number;
	minItems?: number;
	maxItems?: number;
	maxLength?: number;
	required?: string[];
	properties?: Record<string, Schema>;
	items?: Schema;
}

interface Record_ {
	model_id: string;
	categories: string[];
	input_schema: Schema;
}

const FOLDER = new URL('../../../simulator/models/', import.meta.url);
const RECORDS = readdirSync(FOLDER).map(
	(file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).record as Record_,
);

const LINKS: Record<string, string> = {
	image: PICTURE,
	video: 'https://example.com/a.mp4',
	audio: 'https://example.com/a.mp3',
};
const mediaKind = ({ format = '' }: Schema) => /^(image|video|audio)_uris?$/.exec(format)?.[1];
const typeOf = ({ type }: Schema) => String([type].flat()[0]).toLowerCase();

/** A value that a field takes. */
function good(field: Schema, kind = mediaKind(field)): unknown {
	if (field.enum) return field.enum[0];
	const type = typeOf(field);
	if (type === 'array') {
		const item = good(field.items ?? { type: 'string' }, kind);
		return Array(Math.max(1, field.minItems ?? 0)).fill(item);
	}
	if (type === 'object') return goodObject(field, Object.keys(field.properties ?? {}));
	if (type === 'boolean') return true;
	if (type !== 'string') return field.minimum ?? 1;
	return kind ? LINKS[kind] : 'a cat';
}

const goodObject = ({ properties = {} }: Schema, names: string[]): Record<string, unknown> =>
	Object.fromEntries(
		names.filter((name) => name in properties).map((name) => [name, good(properties[name])]),
	);

/** Values that a field must not take: each breaks one of its rules. */
function bad(field: Schema): unknown[] {
	const { minimum, maximum, minItems, maxItems, maxLength } = field;
	const type = typeOf(field);
	const wrong: unknown[] = [type === 'object' ? 'x' : { a: 1 }];
	if (type !== 'boolean') wrong.push(true);
	if (type === 'integer') wrong.push(1.5);
	if (type !== 'string') wrong.push('not one of these');
	if (field.enum) wrong.push(type === 'string' ? 'not one of these' : 7e9);
	if (minimum !== undefined) wrong.push(minimum - 1);
	if (maximum !== undefined && maximum < 2 ** 53 - 1) wrong.push(maximum + 1);
	const [item] = type === 'array' ? (good(field) as unknown[]) : [];
	if (minItems) wrong.push(Array(minItems - 1).fill(item));
	if (maxItems !== undefined) wrong.push(Array(maxItems + 1).fill(item));
	if (maxLength !== undefined) wrong.push('x'.repeat(maxLength + 1));
	if (field.items) wrong.push(...bad(field.items).map((value) => [value]));
	for (const [name, inner] of Object.entries(field.properties ?? {}))
		wrong.push(...bad(inner).map((value) => ({ ...(good(field) as object), [name]: value })));
	return wrong;
}

/** The schema as a validator reads it that knows RunComfy's own words. */
function ajvOf(schema: Schema) {
	const names = JSON.stringify(schema, (key, value) =>
		key === 'type' && typeof value !== 'object'
			? value.toLowerCase().replace('float', 'number')
			: value,
	);
	const plain = JSON.parse(names) as Schema;
	const required = plain.required?.filter((name) => name in plain.properties!);
	return new Ajv({ strict: false, validateFormats: false }).compile({ ...plain, required });
}

describe('every model', () => {
	withSimulator();

	for (const { model_id: id, categories, input_schema: schema } of RECORDS) {
		const { properties = {}, required = [] } = schema;
		const least = goodObject(schema, required);

		test(`${id} is bought with what it requires, and delivers what its category says`, async () => {
			const { http, json } = await submit(least, id);
			expect(http).toBe(200);
			const finished = await result(json.request_id);
			expect(finished.model_id).toBe(id);
			const kind = /(image|video|audio)$/.exec(categories[0])?.[0] ?? '';
			expect(Object.keys(finished.output)).toStrictEqual([kind]);
			for (const url of urlsIn(finished.output))
				expect((await download(url)).startsWith(`${kind}/`)).toBe(true);
		});

		test(`${id} takes what Ajv takes, and nothing else`, async () => {
			const valid = ajvOf(schema);
			const bodies: unknown[] = [[], 'text', null, {}, { ...least, unknown_field: 1 }];
			for (const name of required) bodies.push({ ...least, [name]: undefined });
			for (const [name, field] of Object.entries(properties)) {
				bodies.push({ ...least, [name]: good(field) });
				for (const value of [null, ...bad(field)]) bodies.push({ ...least, [name]: value });
			}
			for (const body of bodies) {
				const text = JSON.stringify(body);
				const { http, json } = await submit(body, id);
				expect([`${text}: ${JSON.stringify(json)}`, http]).toStrictEqual([
					`${text}: ${JSON.stringify(json)}`,
					valid(JSON.parse(text)) ? 200 : 422,
				]);
			}
		});
	}
});
