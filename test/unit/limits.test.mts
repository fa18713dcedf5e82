import { factsOf } from '../../dist/nodes/RunComfy/order/files/facts.js';
import {
	countIssues,
	fileIssues,
	fileWarnings,
} from '../../dist/nodes/RunComfy/resources/video/limits.js';
import { FOUR_K, PRO, STANDARD } from '../../dist/nodes/RunComfy/resources/video/tiers.js';
import { media, pngOf } from '../fixtures/media.mts';

type Reference = Parameters<typeof fileIssues>[0][number];
type Look = NonNullable<Extract<Reference, { url: string }>['look']>;

/** A link to a file whose first 64 KiB were looked at. */
function linkTo(
	file: Buffer,
	{ url = 'https://example.com/a', ...more }: Partial<Look> & { url?: string } = {},
): Reference {
	const bytes = more.bytes ?? file.length;
	return { url, look: { ...factsOf(file.subarray(0, 65536), bytes), bytes, ...more } };
}

const photo = linkTo(media('photo.jpg'));
const clip = linkTo(media('clip.mp4'));

describe('a link that was looked at and is refused', () => {
	const LIMITS = 'limits';
	const images: Array<[Reference, string, string?]> = [
		[linkTo(Buffer.alloc(0)), 'is empty (0 bytes). Check the link'],
		[
			linkTo(Buffer.from('<!doctype html>')),
			'is a web page, but must be a JPEG, PNG or WebP image. The link led to a page instead of the file: use the direct download link',
		],
		[linkTo(media('clip.mp4')), 'is an MP4 file, but must be a JPEG, PNG or WebP image'],
		[
			linkTo(media('picture.gif')),
			'is a GIF file, but must be a JPEG, PNG or WebP image. Convert it to JPEG or PNG first',
			LIMITS,
		],
		[
			linkTo(pngOf(299, 600)),
			'is 299 × 600 pixels; each side must be at least 300. Use a larger picture',
			LIMITS,
		],
		[
			linkTo(media('photo.jpg').subarray(0, 900)),
			'is cut off: its end is missing. Download or export it again',
		],
	];
	for (const [image, text, check] of images)
		test(text, () => {
			const expected = { item: undefined, text: `Figure 2: link 'https://example.com/a' ${text}` };
			expect(fileIssues([photo, image])).toStrictEqual([check ? { ...expected, check } : expected]);
		});

	const videos: Array<[Reference, string, string?]> = [
		[linkTo(media('sound-only.mp4')), 'has sound, but no picture. Use a video with a picture'],
		[
			linkTo(media('clip.webm')),
			'is a WebM file, but must be an MP4 or MOV video. Convert it to MP4 first',
			LIMITS,
		],
		[linkTo(media('long-indexed.mp4')), 'is 23 s long; it must be 3 to 10 s. Trim it', LIMITS],
	];
	for (const [video, text, check] of videos)
		test(text, () => {
			const expected = {
				item: undefined,
				text: `Reference video: link 'https://example.com/a' ${text}`,
			};
			expect(fileIssues([photo], video)).toStrictEqual([check ? { ...expected, check } : expected]);
		});
});

test('a link of which nothing bad is known is sent', () => {
	const huge = 40 * 1024 * 1024;
	const links: Reference[] = [
		photo,
		{ url: 'https://example.com/unseen' },
		{ url: 'https://example.com/unreachable', look: {} },
		linkTo(media('photo.jpg'), { bytes: 50_000_000 }),
		linkTo(media('late-size.jpg')),
		linkTo(media('photo.jpg').subarray(0, 900), { bytes: huge }),
	];
	expect(fileIssues(links, linkTo(media('clip.mp4'), { bytes: huge }))).toStrictEqual([]);
	expect(
		fileIssues([], linkTo(media('clip-index-last.mp4').subarray(0, 200), { bytes: huge })),
	).toStrictEqual([]);
	expect(fileWarnings(links, clip)).toStrictEqual([]);
});

test('a link is shown without what may be a signature, and cut', () => {
	const shown = (url: string) => fileIssues([linkTo(Buffer.alloc(0), { url })])[0].text;
	const signed = 'https://user:secret@example.com/a%20b.png?X-Amz-Signature=secret#secret';
	expect(shown(signed)).toBe(
		"Figure 1: link 'https://example.com/a%20b.png' is empty (0 bytes). Check the link",
	);
	expect(shown(`https://example.com/${'a'.repeat(190)}`)).toBe(
		`Figure 1: link 'https://example.com/${'a'.repeat(79)}…' is empty (0 bytes). Check the link`,
	);
});

test('a link may come out otherwise than meant', () => {
	expect(fileWarnings([photo, linkTo(media('cmyk.jpg'))], linkTo(media('vp9.mp4')))).toStrictEqual([
		"Figure 2: link 'https://example.com/a' is in CMYK, as for print, and may come out looking different. Save it as RGB.",
		"Reference video: link 'https://example.com/a' is encoded as VP9, which Kling may not read. H.264 is safe.",
	]);
});

describe('how many images a model takes', () => {
	test.each([STANDARD, PRO, FOUR_K])('$name: 7, or 4 beside a video', ({ modelId }) => {
		const count = (images: number, video?: Reference) =>
			countIssues(modelId, Array<Reference>(images).fill(photo), video).map(({ text }) => text);
		expect([count(7), count(4, clip)]).toStrictEqual([[], []]);
		expect(count(8)).toStrictEqual([
			"'Reference Images' finds 8 images; the limit is 7. Leave some out",
		]);
		expect(count(5, clip)).toStrictEqual([
			"'Reference Images' finds 5 images; the limit is 4 beside a reference video. Leave some out",
		]);
	});

	test('another model decides itself', () =>
		expect(countIssues('kling/other', Array<Reference>(20).fill(photo))).toStrictEqual([]));
});
