import { readdirSync } from 'node:fs';
import { startSimulator } from '../../../simulator/index.mts';
import { FOUR_K, STANDARD } from '../../fixtures/models.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import { call } from './calls.mts';

const FILES = readdirSync(new URL('../../../simulator/models', import.meta.url));

const list = async (query: string) => (await call(`/v1/models?${query}`)).json;
const idsOf = ({ models }: { models: Array<{ model_id: string }> }) =>
	models.map(({ model_id }) => model_id);

describe('the catalogue', () => {
	withSimulator();

	test('a record has what RunComfy says of a model, its schema in alphabetical order', async () => {
		const { http, json } = await call(`/v1/models/${STANDARD}`);
		expect(http).toBe(200);
		expect(json.base_price_usd).toBe(0.084);
		expect(json.price_unit).toBe('second');
		expect(json.kind).toBe('model');
		expect(json.categories).toContain('image-to-video');
		expect(json.required_inputs).toStrictEqual(['prompt']);
		expect(json.input_schema.required).toStrictEqual(['prompt']);
		const names = Object.keys(json.input_schema.properties);
		expect(names).toStrictEqual([...names].sort());
		expect('rules' in json || 'made_up' in json).toBe(false);
	});

	test('a page has 20 records, and at most 500, without their schemas unless these are asked for', async () => {
		const first = await list('');
		expect([first.models.length, first.total, first.limit, first.offset]).toStrictEqual([
			20,
			FILES.length,
			20,
			0,
		]);
		expect(first.models.some((model: object) => 'input_schema' in model)).toBe(false);
		const all = await list('limit=500&include_schema=true');
		expect(all.models.length).toBe(FILES.length);
		expect(all.models.every(({ input_schema }: never) => input_schema)).toBe(true);
		const rest = await list('limit=500&offset=20');
		expect([...idsOf(first), ...idsOf(rest)]).toStrictEqual(idsOf(all));
		expect(idsOf(await list('offset=500'))).toStrictEqual([]);
	});

	test.each(['limit=0', 'limit=501', 'limit=x', 'limit=', 'offset=-1'])(
		'%s is refused',
		async (query) => {
			const { http, json } = await call(`/v1/models?${query}`);
			expect(http).toBe(422);
			expect(json.detail[0].loc).toStrictEqual(['query', query.split('=')[0]]);
		},
	);

	test('is searched in ids and names, and filtered by category and kind', async () => {
		expect(idsOf(await list('search=KLING+video+o3+4k'))).toStrictEqual([FOUR_K]);
		expect(idsOf(await list('search=video-o3'))).toContain(STANDARD);
		const audio = ['text-to-audio'];
		const sounds = await list(`category=${audio}`);
		expect(sounds.total).toBeGreaterThan(1);
		for (const { categories } of sounds.models) expect(categories).toStrictEqual(audio);
		const workflows = await list('kind=workflow');
		expect(workflows.total).toBeGreaterThan(1);
		for (const { kind } of workflows.models) expect(kind).toBe('workflow');
		expect((await list('kind=workflow&category=text-to-audio')).total).toBe(0);
		const { categories } = (await call('/v1/models/categories')).json;
		expect(categories).toContain('text-to-image');
		expect(categories).toContain('edit-video');
		expect(categories).toStrictEqual([...new Set(categories)].sort());
	});

	test('ids are taken to the letter: case, dots, slashes', async () => {
		for (const id of [STANDARD.toUpperCase(), FOUR_K.toLowerCase(), STANDARD.replace('/', '%2F')])
			expect((await call(`/v1/models/${id}`)).json.error_code).toBe(400001);
	});

	test('has what is awkward: no price, no name, samples, types of its own, a missing field', async () => {
		const { models } = await list('limit=500&include_schema=true');
		const some = (what: (model: Record<string, never>) => unknown) =>
			expect([String(what), models.some(what)]).toStrictEqual([String(what), true]);
		some((model) => !('base_price_usd' in model));
		some((model) => model.base_price_usd === 0);
		some((model) => !('display_name' in model));
		some((model) => (model.categories as string[]).length > 1);
		for (const kind of ['model', 'workflow', 'inference']) some((model) => model.kind === kind);
		type Schema = {
			required: string[];
			properties: Record<string, Record<string, never> & { type: unknown }>;
		};
		const someField = (what: (field: Schema['properties'][string], name: string) => unknown) =>
			some(({ input_schema }) =>
				Object.entries((input_schema as Schema).properties).some(([name, field]) =>
					what(field, name),
				),
			);
		some(({ input_schema }) => {
			const { required, properties } = input_schema as Schema;
			return required.some((name) => !(name in properties));
		});
		for (const type of ['float', 'STRING', 'object']) someField((field) => field.type === type);
		someField(({ type }) => Array.isArray(type) && type.includes('null'));
		someField((field) => field.format && field.default);
		someField((field, name) => name === 'prompt' && field.default);
		someField((field) => field.default === null);
		someField(({ enum: values }) => typeof values?.[0] === 'number');
		someField(({ maximum }) => maximum > 0x7fffffff);
		someField((_, name) => /^\d/.test(name));
		someField((field) => field.validations);
	});
});

test('a catalogue of any length has pages', async () => {
	const long = await startSimulator({ catalogueSize: 384, balanceUsd: -0.5 });
	const headers = { authorization: `Bearer ${long.token}` };
	const get = async (path: string) => (await fetch(long.url + path, { headers })).json();
	const ids: string[] = [];
	for (let offset = 0; offset < 400; offset += 100)
		ids.push(...idsOf((await get(`/v1/models?limit=100&offset=${offset}`)) as never));
	expect(new Set(ids).size).toBe(384);
	expect(ids).toHaveLength(384);
	const balance = (await get('/prod/v2/balance')) as { balance_usd: number };
	expect(balance.balance_usd).toBe(-0.5);
	await long.close();
});

describe('a catalogue that cannot be read, on order', () => {
	withSimulator();

	test('an id that is gone, by 404 or a code, and a list that is not there', async () => {
		simulator.addFaults(
			{ on: 'model', error: 404001 },
			{ on: 'model', skip: 1, status: 404 },
			{ on: 'models', status: 503 },
			{ on: 'models', skip: 1, merge: { models: null } },
			{ on: 'categories', error: 400004, status: 200 },
			{ on: 'balance', error: 403003, status: 200 },
		);
		const model = `/v1/models/${STANDARD}`;
		const gone = await call(model);
		expect([gone.http, gone.json.error_code]).toStrictEqual([404, 404001]);
		expect((await call(model)).http).toBe(404);
		expect((await call('/v1/models')).http).toBe(503);
		expect('models' in (await list(''))).toBe(false);
		expect((await call('/v1/models/categories')).json.error_code).toBe(400004);
		const balance = await call('/prod/v2/balance');
		expect([balance.http, balance.json.error_code]).toStrictEqual([200, 403003]);
	});
});
