import fc from 'fast-check';
import { bodyIssue, linkedFiles, sizeIssue } from '../../dist/nodes/RunComfy/order/files/ways.js';
import { describe as described } from '../../dist/nodes/RunComfy/order/references.js';
import { bodyFindings, sizeFindings } from '../../dist/nodes/RunComfy/order/sizes.js';
import { FILE_TYPES } from '../../dist/nodes/RunComfy/order/files/fileType.js';

type Placed = Parameters<typeof sizeFindings>[0][number];
type File = Extract<Placed['reference'], { file: unknown }>['file'];

const MIB = 1024 * 1024;
const OR_AUTO = "or set 'Send Files As' under Options to Auto";
const nothing: ReadonlySet<File> = new Set();

const fileOf = (bytes: number, type = FILE_TYPES.png): File => ({
	item: 3,
	name: 'data',
	binary: { id: 'x', data: 'x', mimeType: type.mime, fileName: 'a.png' },
	bytes,
	digest: '',
	type,
});
const figure = (reference: Placed['reference']): Placed => ({
	reference,
	place: 'Figure 1',
	kind: 'image',
	about: { figure: 1 },
});
const clip = (reference: Placed['reference']): Placed => ({
	reference,
	place: 'Reference video',
	kind: 'video',
	about: {},
});
const link = (bytes: number, type = FILE_TYPES.png) => ({
	url: 'https://example.com/a?sig=1',
	look: { bytes, type },
});

describe('limits by way of travel', () => {
	const cases: Array<[kind: string, way: 'data' | 'link', most: number, over: string | undefined]> =
		[
			['image', 'data', 6 * MIB, 'is 6.1 MiB; the limit is 6 MiB'],
			['video', 'data', 32 * MIB, 'is 32.1 MiB; the limit is 32 MiB'],
			['image', 'link', 50_000_000, 'is 50.1 MB; the limit is 50 MB'],
			['video', 'link', 100_000_000, 'is 100.1 MB; the limit is 100 MB'],
			['audio', 'data', 500 * MIB, undefined],
			['audio', 'link', 500 * MIB, undefined],
		];
	test.each(cases)('%s as %s', (kind, way, most, over) => {
		expect(sizeIssue(kind, most, way)).toBeUndefined();
		expect(sizeIssue(kind, most + 1, way)).toBe(over);
	});

	test('a whole request', () => {
		expect(bodyIssue(64 * MIB)).toBeUndefined();
		const issue = 'The files make a request of 64.1 MiB; the limit is 64 MiB';
		expect(bodyIssue(64 * MIB + 1)).toBe(issue);
		const text = `${issue}. Use smaller files, ${OR_AUTO}`;
		expect(bodyFindings(64 * MIB + 1, 'data')).toStrictEqual([{ text }]);
		expect(bodyFindings(64 * MIB, 'data')).toStrictEqual([]);
	});
});

describe('what is too large for its way', () => {
	const [large, huge] = [fileOf(6 * MIB + 1), fileOf(50_000_001)];
	const video = fileOf(33 * MIB, FILE_TYPES.mp4);
	const named = "Figure 1: file 'data' (a.png)";
	const cases: Array<[string, Placed, File[], string | undefined]> = [
		[
			'as data, but not as a link',
			figure({ file: large }),
			[],
			`${named} is 6.1 MiB; the limit is 6 MiB. Make the picture smaller, ${OR_AUTO}`,
		],
		['a link', figure({ file: large }), [large], undefined],
		[
			'either way',
			figure({ file: huge }),
			[],
			`${named} is 47.7 MiB; the limit is 6 MiB. Make the picture smaller`,
		],
		[
			'either way, as a link',
			figure({ file: huge }),
			[huge],
			`${named} is 50.1 MB; the limit is 50 MB. Make the picture smaller`,
		],
		[
			'a video',
			clip({ file: video }),
			[],
			`Reference video: file 'data' (a.png) is 33 MiB; the limit is 32 MiB. Compress or trim it, ${OR_AUTO}`,
		],
		['a file of another kind, about which more is said', clip({ file: huge }), [], undefined],
		[
			'a photo that other programs would have to convert',
			figure({ file: fileOf(7 * MIB, FILE_TYPES.heic) }),
			[],
			`${named} is 7 MiB; the limit is 6 MiB. Make the picture smaller, ${OR_AUTO}`,
		],
		[
			"a link of the user's",
			figure(link(50_000_001)),
			[],
			"Figure 1: link 'https://example.com/a' is 50.1 MB; the limit is 50 MB. Make the picture smaller",
		],
		[
			"a video behind a link of the user's",
			clip(link(100_000_001, FILE_TYPES.mp4)),
			[],
			"Reference video: link 'https://example.com/a' is 100.1 MB; the limit is 100 MB. Compress or trim it",
		],
		['a link that nobody looked at', figure({ url: 'https://example.com/a' }), [], undefined],
	];
	test.each(cases)('%s', (_title, placed, linked, text) => {
		const item = 'file' in placed.reference ? 3 : undefined;
		expect(sizeFindings([placed], new Set(linked))).toStrictEqual(text ? [{ text, item }] : []);
	});
});

test('what has to be a link is one, and no more than that', () => {
	const sizes = fc.array(
		fc.record({
			kind: fc.constantFrom('image', 'video', 'audio'),
			bytes: fc.integer({ min: 1, max: 40 * MIB }),
		}),
		{ maxLength: 9 },
	);
	fc.assert(
		fc.property(sizes, (given) => {
			const files = given.map(({ kind, bytes }) => ({ kind, file: { bytes } }));
			const bodyBytes = (linked: ReadonlySet<{ bytes: number }>) =>
				files
					.filter(({ file }) => !linked.has(file))
					.reduce((sum, { file }) => sum + Math.ceil(file.bytes / 3) * 4, 1000);
			const linked = linkedFiles(files, bodyBytes);
			expect(bodyIssue(bodyBytes(linked))).toBeUndefined();
			for (const { kind, file } of files)
				if (sizeIssue(kind, file.bytes, 'data')) expect(linked.has(file)).toBe(true);
			// Beyond those that are too large by themselves, none is a link that could do without.
			for (const { kind, file } of files.filter(({ file }) => linked.has(file))) {
				if (sizeIssue(kind, file.bytes, 'data')) continue;
				const smallest = Math.min(
					...files
						.filter(
							(other) => linked.has(other.file) && !sizeIssue(other.kind, other.file.bytes, 'data'),
						)
						.map((other) => other.file.bytes),
				);
				if (file.bytes > smallest) continue;
				const without = new Set([...linked].filter((other) => other !== file));
				expect(bodyIssue(bodyBytes(without))).not.toBe(undefined);
			}
		}),
	);
});

test('the output tells how each reference travelled', () => {
	const [inside, linked] = [fileOf(10), fileOf(20)];
	const references = [figure({ file: inside }), clip({ file: linked }), figure(link(5))];
	const file = (bytes: number) => ({ from: 'binary:data', mime_type: 'image/png', bytes });
	expect(described({ references, linked: new Map([[linked, 1]]), combined: false })).toStrictEqual([
		{ figure: 1, kind: 'image', ...file(10), sent: 'data' },
		{ kind: 'video', ...file(20), sent: 'link' },
		{ figure: 1, kind: 'image', from: 'url', sent: 'url' },
	]);
	const [{ item }] = described({ references, linked: new Map(), combined: true });
	expect(item).toBe(3);
	expect(sizeFindings(references, nothing)).toHaveLength(0);
});
