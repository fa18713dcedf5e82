import type { IDataObject, INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { RunComfy } from '../../dist/nodes/RunComfy/RunComfy.node.js';
import { inMemory } from '../fixtures/media.mts';
import { simulator, withSimulator } from '../support/simulator.mts';
import { runNode } from './harness.mts';

withSimulator({ queueMs: 0, runMs: 0 });

/** A megabyte, as base64 of a photo, as words, as a link, as a model ID, inside an object, in a list, and as a long list. */
const BASE64 = 'QUJD'.repeat(250_000);
const VALUES: Record<string, unknown> = {
	base64: BASE64,
	words: 'photo of a cat '.repeat(70_000),
	link: `https://a.example/${BASE64}`,
	id: `a/${'b'.repeat(1_000_000)}`,
	object: { photo: BASE64 },
	list: [BASE64],
	names: 'photo,'.repeat(170_000),
};
/** Room for a page of sentences. */
const MOST = 5_000;

const { properties } = new RunComfy().description;
const FLUX = 'blackforestlabs/flux-2/flash/text-to-image';
const EDIT = 'google/nano-banana-2-lite/edit';
const KNOWN: Record<string, IDataObject> = {
	video: { prompt: 'a cat', waitOptions: { pollInterval: 0.2 } },
	model: { modelId: { __rl: true, mode: 'id', value: FLUX }, waitOptions: { pollInterval: 0.2 } },
	account: {},
};
/** The other operations read what Create reads; of each field, they are given the photo alone. */
const AS_CREATE = ['generate', 'estimateCost'];
const GIVEN = '={{ $json.mega }}';

const isShown = ({ displayOptions }: INodeProperties, given: IDataObject): boolean =>
	Object.entries(displayOptions?.show ?? {}).every(
		([name, values]) => !(name in given) || (values as unknown[]).includes(given[name]),
	);

/** Every way to set a field to the megabyte, by the path of its name. */
function settings(property: INodeProperties): Array<[string, unknown]> {
	const { name, type, options = [] } = property;
	const inner: INodeProperties[] =
		type === 'collection'
			? (options as INodeProperties[])
			: type === 'fixedCollection'
				? (options as INodePropertyCollection[]).flatMap(({ values }) => values)
				: [];
	if (type === 'notice') return [];
	if (type === 'resourceLocator') return [[name, { __rl: true, mode: 'id', value: GIVEN }]];
	if (type === 'resourceMapper')
		return [
			[name, GIVEN],
			...['prompt', 'seed', 'image_size', 'image_urls', 'nothing'].map(
				(input): [string, unknown] => [
					`${name}.${input}`,
					{ mappingMode: 'defineBelow', value: { prompt: 'a cat', [input]: GIVEN }, schema: [] },
				],
			),
		];
	if (!inner.length) return [[name, GIVEN]];
	const [group] = options as INodePropertyCollection[];
	return inner.flatMap((field) =>
		settings(field).map(([path, value]): [string, unknown] => {
			const own = { [field.name]: value };
			// The way that the form gives links has to be chosen.
			const entry = field.name === 'url' ? { source: 'url', ...own } : own;
			const all = type === 'collection' ? own : { [group.name]: [entry] };
			return [`${name}.${path}`, all];
		}),
	);
}

const operationsOf = (resource: string) =>
	properties
		.filter((property) => property.name === 'operation' && isShown(property, { resource }))
		.flatMap(({ options = [] }) => options.map((option) => (option as { value: string }).value));

for (const resource of Object.keys(KNOWN))
	describe(`a megabyte in a field of ${resource}`, () => {
		for (const operation of operationsOf(resource)) {
			const fields = properties.filter(
				(property) =>
					!['resource', 'operation'].includes(property.name) &&
					isShown(property, { resource, operation }),
			);
			for (const [path, value] of fields.flatMap(settings))
				test(`${operation}: ${path}`, async () => {
					const [name] = path.split('.');
					const more: IDataObject = { videoUrl: 'https://example.com/a.mp4' };
					if (name === 'videoUrl') more.referenceVideo = 'url';
					if (name === 'videoBinaryPropertyName') more.referenceVideo = 'binary';
					if (path.includes('image_urls')) more.modelId = { __rl: true, mode: 'id', value: EDIT };
					if (name === 'search' || name === 'category') more.limit = 1;
					for (const [kind, mega] of Object.entries(VALUES)) {
						if (AS_CREATE.includes(operation) && kind !== 'base64') continue;
						const { error, log, items } = await runNode({
							simulator,
							items: [{ json: { mega } as IDataObject, binary: { data: inMemory('photo.png') } }],
							parameters: { ...KNOWN[resource], resource, operation, ...more, [name]: value },
						});
						const errors = items.map(({ json }) => json.error ?? '');
						const told = [error?.message, error?.description, JSON.stringify(errors), ...log];
						const long = told.filter((text) => String(text).length > MOST);
						expect([
							kind,
							long.map((text) => `${text!.slice(0, 300)} … ${text!.length}`),
						]).toStrictEqual([kind, []]);
					}
				});
		}
	});
