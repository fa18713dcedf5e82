import type { IDataObject } from 'n8n-workflow';
import { simulator, withSimulator } from '../support/simulator.mts';
import { startLinkHost } from '../support/linkHost.mts';
import { runNode, type RunOptions } from './harness.mts';
import { ON_ERROR } from './scenario.mts';
import { timeLapse } from './timeLapse.mts';

timeLapse(20);
withSimulator();

const getMany = async (parameters: IDataObject = {}, more: Partial<RunOptions> = {}) =>
	await runNode({
		simulator,
		parameters: { resource: 'model', operation: 'getMany', ...parameters },
		...more,
	});
const paths = () => simulator.log.map(({ path }) => path);

/** A catalogue of so many models that answers as `page` says. */
async function withCatalogue(
	page: (offset: number, limit: number) => unknown,
	use: (url: string, log: Array<string | undefined>) => Promise<void>,
): Promise<void> {
	const host = await startLinkHost(({ url = '' }, response) => {
		const query = new URL(url, 'http://localhost').searchParams;
		const body = page(Number(query.get('offset')), Number(query.get('limit')));
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	});
	const log: Array<string | undefined> = [];
	try {
		await use(host.url, log);
		log.push(...host.log.map(({ path }) => path));
	} finally {
		await host.close();
	}
}
const modelsFrom = (first: number, count: number) =>
	Array.from({ length: Math.max(0, count) }, (_, at) => ({ model_id: `a/model-${first + at}` }));

describe('the list of models', () => {
	test('is an item for each, as RunComfy describes them', async () => {
		const { items } = await getMany({ search: ' nano-banana ' });
		expect(items.length).toBeGreaterThan(1);
		for (const { json, pairedItem } of items) {
			expect(String(json.model_id)).toMatch(/nano-banana/);
			expect(json.categories).toBeTruthy();
			expect(json.price_unit).toBeTruthy();
			expect(json).not.toHaveProperty('input_schema');
			expect(pairedItem).toStrictEqual({ item: 0 });
		}
		expect(paths()).toStrictEqual(['/v1/models?search=nano-banana&limit=100&offset=0']);
	});

	test('is narrowed by a category', async () => {
		const { items } = await getMany({ category: 'text-to-audio', returnAll: true });
		expect(items.length).toBeGreaterThan(0);
		for (const { json } of items) expect(json.categories as string[]).toContain('text-to-audio');
		expect(paths()).toStrictEqual(['/v1/models?category=text-to-audio&limit=100&offset=0']);
	});

	test('ends at the limit', async () => {
		expect((await getMany({ limit: 3 })).items).toHaveLength(3);
		expect((await getMany({ limit: '2' })).items).toHaveLength(2);
	});

	test('is searched by each item for itself', async () => {
		const { items } = await getMany(
			{ search: '={{ $json.word }}', limit: 1 },
			{ items: [{ json: { word: 'sora' } }, { json: { word: 'wan' } }] },
		);
		expect(
			items.map(({ json, pairedItem }) => [
				/sora|wan/.exec(String(json.model_id))?.[0],
				pairedItem,
			]),
		).toStrictEqual([
			['sora', { item: 0 }],
			['wan', { item: 1 }],
		]);
	});

	test('may find nothing', async () => {
		const { items, error } = await getMany({ search: 'no such model' });
		expect([items, error]).toStrictEqual([[], undefined]);
	});

	const catalogues: Array<[string, (offset: number, limit: number) => unknown, number, number]> = [
		[
			'of several pages',
			(offset, limit) => ({
				models: modelsFrom(offset, Math.min(limit, 250 - offset)),
				total: 250,
			}),
			250,
			3,
		],
		[
			'that does not tell how many there are',
			(offset, limit) => ({ models: modelsFrom(offset, Math.min(limit, 120 - offset)) }),
			120,
			3,
		],
		[
			'in smaller pages than asked for',
			(offset) => ({ models: modelsFrom(offset, Math.min(20, 50 - offset)), total: 50 }),
			50,
			3,
		],
		['that knows no offset', () => ({ models: modelsFrom(0, 30), total: 60 }), 30, 2],
		[
			'with records that are none',
			() => ({ models: [null, 7, { kind: 'model' }, { model_id: 'a/b' }], total: 1 }),
			1,
			1,
		],
	];
	test.each(catalogues)('%s is read to its end', async (_title, page, count, reads) => {
		let log: Array<string | undefined> = [];
		await withCatalogue(page, async (baseUrl, requests) => {
			log = requests;
			const { items } = await getMany({ returnAll: true }, { credential: { baseUrl } });
			expect(items.length).toBe(count);
			expect(new Set(items.map(({ json }) => json.model_id)).size).toBe(count);
		});
		expect(log.length).toBe(reads);
		expect(log[0]).toBe('/v1/models?limit=100&offset=0');
	});

	test('is read no further than the limit needs', async () => {
		let log: Array<string | undefined> = [];
		const page = (offset: number, limit: number) => ({
			models: modelsFrom(offset, limit),
			total: 900,
		});
		await withCatalogue(page, async (baseUrl, requests) => {
			log = requests;
			const { items } = await getMany({ limit: 150 }, { credential: { baseUrl } });
			expect(items).toHaveLength(150);
		});
		expect(log).toHaveLength(2);
	});

	test.each([
		[{ limit: 0 }, /^'Limit' must be a whole number above 0 \(got '0'\)/],
		[{ limit: 'many' }, /^'Limit' must be a whole number above 0 \(got 'many'\)/],
		[{ limit: 1.5 }, /^'Limit' must be/],
		[{ returnAll: 'perhaps' }, /^'Return All' must be true or false \(got 'perhaps'\)/],
	] as Array<[IDataObject, RegExp]>)(
		'%j is refused before anything is read',
		async (parameters, message) => {
			const { error } = await getMany(parameters);
			expect(String(error?.message)).toMatch(message);
			expect(simulator.log).toStrictEqual([]);
		},
	);

	test.each(ON_ERROR)('what RunComfy refuses is told: %s', async (onError) => {
		for (const [fault, message, reads = 1] of [
			[{ error: 400004 }, /^RunComfy does not accept the API token/],
			[{ error: 403001, status: 200 }, /^This RunComfy account isn't allowed to list models/],
			[{ status: 404, body: {} }, /^There is no list of models at this base URL/],
			// Without a code of RunComfy's own it may come from something in between, and pass.
			[{ status: 422, body: { detail: 'bad category' } }, /^RunComfy rejected this search/, 5],
			[{ merge: { models: null } }, /^RunComfy returned no list of models/],
		] as const) {
			simulator.reset();
			simulator.addFaults({ on: 'models', times: -1, ...fault });
			const { items, errorItems, error } = await getMany({}, { settings: { onError } });
			expect(simulator.log.length).toBe(reads);
			const [row] = onError === 'continueErrorOutput' ? errorItems : items;
			const text = error?.message ?? (row.json.error as IDataObject).message;
			expect(String(text)).toMatch(message);
		}
	});
});
