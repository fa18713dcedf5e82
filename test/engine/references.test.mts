import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { about, inMemory, media, padded } from '../fixtures/media.mts';
import { withSimulator } from '../support/simulator.mts';
import { sha256 } from '../support/sha256.mts';
import { bodies, create, images, item, messageOf, submits } from './buying.mts';

withSimulator();

const A = 'https://example.com/a.png';
const B = 'https://example.com/b.png';

/** Pictures that can be told apart: this one is `number` bytes longer than the file. */
const numbered = (number: number) => padded('photo.png', media('photo.png').length + number);
const photo = (number: number): IBinaryData => inMemory('photo.png', numbered(number));
const numbers = new Map([...Array(12).keys()].map((number) => [sha256(numbered(number)), number]));

/** The images of the last submit: numbers of photos, or URLs. */
const figures = () =>
	bodies()
		.at(-1)
		?.images?.map((image) => (typeof image === 'string' ? image : numbers.get(image.sha256)));

describe('Figure 1, 2, 3 are the references in the order of the form', () => {
	const files = { photo_10: photo(10), photo_2: photo(2), photo_1: photo(1), logo: photo(0) };
	const cases: Array<[string, unknown[], unknown[]]> = [
		['files and URLs mixed', ['logo', A, 'photo_2', B], [0, A, 2, B]],
		['several names in one field', ['photo_2, logo', A], [2, 0, A]],
		['several URLs in one field', [`${A}, ${B}`, 'logo'], [A, B, 0]],
		['a pattern, in numeric order', ['logo', 'photo_*'], [0, 1, 2, 10]],
		['all files', ['*'], [1, 2, 10, 0]],
		['the rest after a named one', ['photo_2', '*'], [2, 1, 10, 0]],
		['the rest before a named one', ['*', 'photo_2'], [1, 10, 0, 2]],
		['two patterns that meet', ['photo_1*, photo_*'], [1, 10, 2]],
		['URLs from an array', ['={{ $json.links }}', 'logo'], [A, B, 0]],
		['names from an array', ['={{ ["photo_10", "logo"] }}'], [10, 0]],
		['the same file twice', ['logo', 'logo'], [0, 0]],
		['a file that an expression hands over', ['={{ $input.item.binary.photo_2 }}'], [2]],
		[
			'all files that an expression hands over',
			['={{ Object.values($input.item.binary) }}'],
			[10, 2, 1, 0],
		],
	];
	test.each(cases)('%s', async (_title, entries, expected) => {
		const outcome = await create({ referenceImages: images(...entries) }, [
			item(files, { links: [A, B] }),
		]);
		expect(messageOf(outcome)).toBe('');
		expect(figures()).toStrictEqual(expected);
	});

	test('other files of the item are no images of *', async () => {
		const binary = {
			clip: inMemory('clip.mp4'),
			notes: { data: 'aGVsbG8=', mimeType: 'text/plain' },
			one: photo(1),
		};
		await create({ referenceImages: images('*') }, [item(binary)]);
		expect(figures()).toStrictEqual([1]);
	});

	test('files beside the other fields, as workflows with combined binaries have them', async () => {
		const json = { name: 'x', one: photo(1), two: photo(2) } as unknown as IDataObject;
		await create({ referenceImages: images('two, one') }, [{ json }]);
		expect(figures()).toStrictEqual([2, 1]);
	});

	test('what another service calls a file in its JSON is none', async () => {
		const json = { mediaItem: { id: 'a1', mimeType: 'image/jpeg' } };
		await create({ referenceImages: images('*') }, [item({ one: photo(1) }, json)]);
		expect(figures()).toStrictEqual([1]);
	});

	test('a name in a list may have a comma in it', async () => {
		const referenceImages = images("={{ ['one, two'] }}");
		await create({ referenceImages }, [item({ 'one, two': photo(3), one: photo(1) })]);
		expect(figures()).toStrictEqual([3]);
	});

	test('files and names in one list are not taken for fewer files', async () => {
		const referenceImages = images("={{ [$input.item.binary.one, 'two'] }}");
		const outcome = await create({ referenceImages }, [item({ one: photo(1), two: photo(2) })]);
		expect(messageOf(outcome)).toMatch(/mixes files and names of files/);
		expect(submits()).toHaveLength(0);
	});

	test('the output says what each figure was', async () => {
		const binary = { face: photo(3), clip: inMemory('clip.mp4') };
		const { items } = await create(
			{
				referenceImages: images('face', A),
				referenceVideo: 'binary',
				videoBinaryPropertyName: 'clip',
			},
			[item(binary)],
		);
		expect(items[0].json.references).toStrictEqual([
			{
				figure: 1,
				kind: 'image',
				from: 'binary:face',
				sent: 'data',
				mime_type: 'image/png',
				bytes: 303,
			},
			{ figure: 2, kind: 'image', from: 'url', sent: 'url' },
			{
				kind: 'video',
				from: 'binary:clip',
				sent: 'data',
				mime_type: 'video/mp4',
				bytes: media('clip.mp4').length,
			},
		]);
		expect('warnings' in items[0].json).toBe(false);
	});

	test('a wrong declared type is corrected', async () => {
		const binary = { face: { ...inMemory('lossy.webp'), mimeType: 'image/jpeg' } };
		const { items } = await create({ referenceImages: images('face') }, [item(binary)]);
		expect((items[0].json.references as IDataObject[])[0].mime_type).toBe('image/webp');
		expect((bodies()[0].images?.[0] as { declaredType: string }).declaredType).toBe('image/webp');
	});

	test('a figure that is not there is refused', async () => {
		const outcome = await create({ prompt: 'Figure 2 waves', referenceImages: images(A) });
		expect(messageOf(outcome)).toMatch(
			/^The prompt names Figure 2, but there is 1 reference image\./,
		);
		expect(submits()).toHaveLength(0);
	});
});

describe('the reference video', () => {
	const binary = { data: inMemory('clip.mov'), face: photo(1) };
	const cases: Array<[string, IDataObject, string | undefined]> = [
		['a file', { referenceVideo: 'binary', videoBinaryPropertyName: 'data' }, 'video/quicktime'],
		[
			'a file by pattern',
			{ referenceVideo: 'binary', videoBinaryPropertyName: '*' },
			'video/quicktime',
		],
		[
			'a URL',
			{ referenceVideo: 'url', videoUrl: 'https://example.com/a.mp4' },
			'https://example.com/a.mp4',
		],
		['none, whatever its fields hold', { referenceVideo: 'none', videoUrl: 'x' }, undefined],
	];
	test.each(cases)('%s', async (_title, parameters, expected) => {
		await create({ ...parameters, referenceImages: images('face') }, [item(binary)]);
		const { video } = bodies()[0];
		expect(typeof video === 'object' ? video.declaredType : video).toBe(expected);
		expect(figures()).toStrictEqual([1]);
	});

	test('is no image of *', async () => {
		const video = { referenceVideo: 'binary', videoBinaryPropertyName: 'data' };
		await create({ ...video, referenceImages: images('*') }, [item(binary)]);
		expect(figures()).toStrictEqual([1]);
	});
});

describe('one video from all items', () => {
	const combine = { inputItems: 'combine', referenceImages: images('data') };
	const three = [1, 2, 3].map((number) =>
		item({ data: photo(number) }, { prompt: `cat ${number}` }),
	);

	test('the files of three items are Figures 1 to 3', async () => {
		const { items } = await create({ ...combine, prompt: '={{ $json.prompt }}' }, three);
		expect(submits()).toHaveLength(1);
		expect(bodies()[0].prompt).toBe('cat 1');
		expect(figures()).toStrictEqual([1, 2, 3]);
		expect(items).toHaveLength(1);
		expect(items[0].pairedItem).toStrictEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		const references = items[0].json.references as IDataObject[];
		expect(references.map(({ figure, item: from }) => [figure, from])).toStrictEqual([
			[1, 0],
			[2, 1],
			[3, 2],
		]);
	});

	test.each(['data', '*'])(
		'a video among them is the reference video, with images from %s',
		async (name) => {
			const mixed = [three[0], item({ data: inMemory('clip.mp4') }), three[2]];
			const { items } = await create(
				{
					...combine,
					referenceImages: images(name),
					referenceVideo: 'binary',
					videoBinaryPropertyName: 'data',
				},
				mixed,
			);
			expect(figures()).toStrictEqual([1, 3]);
			expect((bodies()[0].video as { declaredType: string }).declaredType).toBe('video/mp4');
			expect(items[0].json.warnings).toBeUndefined();
		},
	);

	test('without an entry, all images of all items are the references', async () => {
		await create({ inputItems: 'combine' }, three);
		expect(figures()).toStrictEqual([1, 2, 3]);
	});

	test('without an entry, a video and nothing else is the reference video', async () => {
		const video = { referenceVideo: 'binary', videoBinaryPropertyName: 'data' };
		await create({ inputItems: 'combine', ...video }, [item({ data: inMemory('clip.mp4') })]);
		expect(bodies()[0].video).toBeTruthy();
	});

	test('a URL of the first item alone is a warning', async () => {
		const urls = [1, 2].map((n) => item({}, { url: `https://example.com/${n}.png` }));
		const referenceImages = { image: [{ source: 'url', url: '={{ $json.url }}' }] };
		const { items } = await create({ inputItems: 'combine', referenceImages }, urls);
		expect(items[0].json.warnings).toStrictEqual(['Item 1 adds no reference.']);
	});

	test('an item without a file is a warning', async () => {
		const { items } = await create(combine, [three[0], item(), three[2]]);
		expect(figures()).toStrictEqual([1, 3]);
		expect(items[0].json.warnings).toStrictEqual(['Item 1 adds no reference.']);
	});

	for (const error of ['Forbidden', { message: 'Forbidden', status: 403 }]) {
		test(`an item whose file could not be fetched is refused, its error being ${typeof error}`, async () => {
			const { error: refused } = await create(combine, [three[0], item({}, { error }), three[2]]);
			expect(String(refused?.message)).toMatch(
				/Item 1: A node before failed for this item \('Forbidden'\), so its file is missing\. Mend that/,
			);
			expect(submits()).toHaveLength(0);
		});
	}

	test('an item that has its file may say what it likes', async () => {
		const { items } = await create(combine, [
			three[0],
			item({ data: inMemory('photo.png') }, { error: 'Old' }),
		]);
		expect(items[0].json.warnings).toBeUndefined();
	});

	test('messages name the item a file came from', async () => {
		const heic = { ...about('IMG_1.heic'), data: inMemory('picture.heic').data };
		const outcome = await create(combine, [three[0], three[1], item({ data: heic })]);
		expect(submits()).toHaveLength(0);
		expect(messageOf(outcome)).toBe(
			"Nothing was bought, because 1 item needs a change. Item 2: Figure 3: file 'data' (IMG_1.heic) is a HEIC file, but must be a JPEG, PNG or WebP image. Convert it to JPEG or PNG first (on an iPhone: Settings, Camera, Formats, Most Compatible).",
		);
	});

	test('two videos cannot both be the reference video', async () => {
		const clips = [item({ data: inMemory('clip.mp4') }), item({ data: inMemory('clip.mov') })];
		const video = { referenceVideo: 'binary', videoBinaryPropertyName: 'data' };
		const outcome = await create({ inputItems: 'combine', ...video }, clips);
		expect(messageOf(outcome)).toMatch(/finds 2 files, and 2 of them are videos. Name the one/);
		expect(submits()).toHaveLength(0);
	});

	test('with On Error set to continue, it is one error item', async () => {
		const outcome = await create({ ...combine, prompt: '={{ "" }}' }, three, {
			settings: { onError: 'continueRegularOutput' },
		});
		expect(outcome.items).toHaveLength(1);
		expect(JSON.stringify(outcome.items[0].json)).toMatch(/Item 0: 'Prompt' is empty/);
		expect(outcome.items[0].pairedItem).toStrictEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	});
});
