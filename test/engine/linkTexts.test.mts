import { simulator, withSimulator } from '../support/simulator.mts';
import { bodies, create, images, item, messageOf, submits } from './buying.mts';
import { order } from './models.mts';

withSimulator();

const A = 'https://example.com/1.png';
const B = 'https://example.com/2.png';
const EDIT = 'google/nano-banana-2-lite/edit';
const asKling = async (links: unknown, operation = 'create') =>
	await create({ operation, referenceImages: images('={{ $json.links }}') }, [
		item({}, { links } as never),
	]);
const asModel = async (links: unknown, operation = 'create') =>
	await order(
		{
			modelId: EDIT,
			operation,
			inputs: { prompt: 'a cat', image_urls: '={{ $json.links }}' },
			options: { skipChecks: ['links'] },
		},
		[item({}, { links } as never)],
	);

describe('links as tools write them', () => {
	const cases: Array<[string, unknown, string[]]> = [
		['a list without its brackets', `${A}","${B}`, [A, B]],
		['an e-mail', `<${A}>`, [A]],
		['Markdown', `[photo](${A})`, [A]],
		['Airtable’s text', `photo.png (${A}),other, one.png (${B})`, [A, B]],
		[
			'Notion',
			[{ name: 'x', file: { url: A, expiry_time: '2026-12-01' } }, { file: { url: B } }],
			[A, B],
		],
		['Shopify', [{ src: A }, { src: B }], [A, B]],
		['NocoDB', [{ path: 'x/1.png', signedUrl: A }], [A]],
		['a list in a list', [[A], [{ url: B }]], [A, B]],
	];
	for (const [name, links, read] of cases)
		test(`${name} is read, by Kling and any model`, async () => {
			await asKling(links);
			await asModel(links);
			expect(bodies().map((body) => body.images ?? body.image_urls)).toStrictEqual([read, read]);
		});
});

test('the content of a file where its name belongs', async () => {
	const photo = `iVBORw0K${'QUJD'.repeat(1000)}`;
	const entry = { source: 'binary', binaryPropertyName: '={{ $json.photo }}' };
	const outcome = await create({ referenceImages: { image: [entry] } }, [item({}, { photo })]);
	expect(messageOf(outcome)).toMatch(
		/'iVBORw0K.*…' is the content of a file as base64 text\. Make it/,
	);
	expect(simulator.log).toStrictEqual([]);
});

describe('what is no link is refused by what it is', () => {
	const base64 = `iVBORw0K${'QUJD'.repeat(1000)}`;
	const cases: Array<[string, unknown, RegExp]> = [
		[
			'two links in an object',
			[{ page: A, src: B }],
			/is an object\. Give its link, for example \{\{/,
		],
		['an object without one', [{ id: 7 }], /'\{"id":7\}' is an object\. Give its link/],
		['a sentence', `see ${A}`, /has other text around its link\. Give the link alone/],
		[
			'base64',
			base64,
			/'iVBORw0K.*…' is the content of a file as base64 text\. Make it a file first with the node Convert to File/,
		],
		[
			'a data URI',
			`data:image/png;base64,${base64}`,
			/'data:image\/png;base64,.*…' is a data URI\. Make it a file first/,
		],
	];
	for (const [name, links, message] of cases)
		for (const operation of ['create', 'generate', 'estimateCost'])
			test(`${name}, ${operation}`, async () => {
				const kling = messageOf(await asKling(links, operation));
				expect(kling).toMatch(message);
				expect(kling.length).toBeLessThan(500);
				expect(simulator.log).toStrictEqual([]);
				const model = messageOf(await asModel(links, operation));
				expect(model).toMatch(message);
				expect(model.length).toBeLessThan(500);
				expect(submits()).toHaveLength(0);
			});
});
