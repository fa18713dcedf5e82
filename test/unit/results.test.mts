import { filesIn, videoUrlOf } from '../../dist/nodes/RunComfy/wait/results.js';

const URLS = 'https://playgrounds-storage-public.runcomfy.net';
const [VIDEO, OTHER] = [`${URLS}/a.mp4`, `${URLS}/b.mp4`];
const [IMAGE, AUDIO] = [`${URLS}/c.png`, `${URLS}/d.wav`];
const [NAMELESS] = [`${URLS}/files/4f1c`];

/** Outputs, the video in them, and all their files as `field: url`. */
const OUTPUTS: Array<[string, unknown, string | undefined, string[]]> = [
	['video', { video: VIDEO }, VIDEO, [`video: ${VIDEO}`]],
	['videos', { videos: [VIDEO, OTHER] }, VIDEO, [`videos: ${VIDEO}`, `videos: ${OTHER}`]],
	['videos as a text', { videos: VIDEO }, VIDEO, [`videos: ${VIDEO}`]],
	['an object with a url', { video: { url: VIDEO } }, VIDEO, [`video: ${VIDEO}`]],
	['a list of objects', { videos: [{ url: VIDEO }] }, VIDEO, [`videos: ${VIDEO}`]],
	['a bare URL', VIDEO, VIDEO, [VIDEO]],
	['a bare URL with blanks', ` ${VIDEO}\n`, VIDEO, [VIDEO]],
	['a bare list', [VIDEO, OTHER], VIDEO, [VIDEO, OTHER]],
	['a bare list of objects', [{ url: VIDEO }, { url: OTHER }], VIDEO, [VIDEO, OTHER]],
	['a bare object', { url: VIDEO }, VIDEO, [VIDEO]],
	[
		'several kinds',
		{ image: IMAGE, audio: AUDIO, video: VIDEO },
		VIDEO,
		[`image: ${IMAGE}`, `audio: ${AUDIO}`, `video: ${VIDEO}`],
	],
	[
		'video before videos',
		{ videos: [OTHER], video: VIDEO },
		VIDEO,
		[`videos: ${OTHER}`, `video: ${VIDEO}`],
	],
	['the same twice', { video: VIDEO, videos: [VIDEO, VIDEO] }, VIDEO, [`video: ${VIDEO}`]],
	['a list of the same', [VIDEO, VIDEO, OTHER], VIDEO, [VIDEO, OTHER]],
	[
		'an unknown field',
		{ preview: IMAGE, clip: VIDEO },
		VIDEO,
		[`preview: ${IMAGE}`, `clip: ${VIDEO}`],
	],
	[
		'an ending with a query',
		{ clip: `${VIDEO}?a=1.png` },
		`${VIDEO}?a=1.png`,
		[`clip: ${VIDEO}?a=1.png`],
	],
	['a name without an ending', [NAMELESS], NAMELESS, [NAMELESS]],
	['a name without an ending beside a video', [NAMELESS, VIDEO], VIDEO, [NAMELESS, VIDEO]],
	[
		'a video field without an ending',
		{ image: VIDEO, video: NAMELESS },
		NAMELESS,
		[`image: ${VIDEO}`, `video: ${NAMELESS}`],
	],
	['images only', { images: [IMAGE] }, IMAGE, [`images: ${IMAGE}`]],
	['an object around it', { output: { video: { url: VIDEO } } }, VIDEO, [`video: ${VIDEO}`]],
	[
		'more about a video',
		{ video: { url: VIDEO, width: 720, cover: IMAGE } },
		VIDEO,
		[`video: ${VIDEO}`, `cover: ${IMAGE}`],
	],
	['nulls beside it', { image: null, video: VIDEO, seed: 7 }, VIDEO, [`video: ${VIDEO}`]],
	...[
		...[undefined, null, '', 'later', 'note: see below', 'a.mp4', '/a.mp4', 7, true, [], {}],
		...[
			{ video: null },
			{ videos: [] },
			{ video: { url: '' } },
			[null],
			{ text: `see ${VIDEO} now` },
		],
		'data:video/mp4;base64,AAAA',
	].map((output): (typeof OUTPUTS)[0] => [
		JSON.stringify(output) ?? 'nothing',
		output,
		undefined,
		[],
	]),
];

describe('the files of an output', () => {
	for (const [name, output, , files] of OUTPUTS)
		test(name, () => {
			const found = filesIn(output);
			expect(found.map(({ url, field }) => (field ? `${field}: ${url}` : url))).toStrictEqual(
				files,
			);
			expect(found.every((file) => !('field' in file) || file.field)).toBe(true);
		});
});

describe('the video of an output', () => {
	test.each(OUTPUTS)('%s', (_name, output, video) => expect(videoUrlOf(output)).toBe(video));
});
