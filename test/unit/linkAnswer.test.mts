import { headOf, HEAD_BYTES } from '../../dist/nodes/RunComfy/order/files/head.js';
import { judgeAnswer } from '../../dist/nodes/RunComfy/order/files/linkAnswer.js';
import { media } from '../fixtures/media.mts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const PHOTO = media('photo.png');

const judged = (
	{ url = 'https://example.com/a', status = 200, head = PHOTO },
	headers: Record<string, string> = {},
) => judgeAnswer(url, { statusCode: status, headers, head }, NOW);

const lookOf = (headers: Record<string, string>, more: object = {}) => {
	const looked = judged(more, headers);
	if (!('look' in looked)) throw new Error(JSON.stringify(looked));
	return looked.look;
};

describe('what a look tells', () => {
	test('type, width and size', () => {
		const { type, image, bytes } = lookOf({ 'content-length': '303' });
		expect([type?.mime, image?.width, bytes]).toStrictEqual(['image/png', 320, 303]);
	});

	test('length and picture size of a video', () => {
		const { type, video } = lookOf({}, { head: media('clip.mp4') });
		expect([type?.mime, video?.seconds, video?.width]).toStrictEqual(['video/mp4', 4, 1280]);
	});

	const types: Array<[string, Buffer, string | undefined]> = [
		['text/html', PHOTO, 'image/png'],
		['image/jpeg', PHOTO, 'image/png'],
		['image/jpeg', Buffer.from('hello'), 'image/jpeg'],
		['APPLICATION/PDF; x=1', Buffer.from('hello'), 'application/pdf'],
		['application/octet-stream', Buffer.from('hello'), undefined],
		['', Buffer.from('hello'), undefined],
	];
	for (const [header, head, mime] of types)
		test(`a type of ${mime} with '${header}' in the header`, () => {
			expect(lookOf({ 'content-type': header }, { head }).type?.mime).toBe(mime);
		});

	const full = Buffer.concat([PHOTO, Buffer.alloc(HEAD_BYTES)]).subarray(0, HEAD_BYTES);
	const sizes: Array<[Record<string, string>, object, number | undefined]> = [
		[{ 'content-length': '70000' }, { head: full }, 70_000],
		[{ 'content-range': 'bytes 0-65535/70000' }, { head: full, status: 206 }, 70_000],
		[
			{ 'content-range': 'bytes 0-65535/*', 'content-length': '65536' },
			{ head: full, status: 206 },
			undefined,
		],
		[{ 'content-encoding': 'gzip', 'content-length': '90' }, {}, PHOTO.length],
		[{ 'content-encoding': 'gzip', 'content-length': '70000' }, { head: full }, undefined],
		[{}, {}, PHOTO.length],
		[{}, { head: full }, undefined],
	];
	for (const [headers, more, bytes] of sizes)
		test(`${bytes} bytes by ${JSON.stringify(headers)}`, () =>
			expect(lookOf(headers, more).bytes).toBe(bytes));
});

describe('what a look refuses', () => {
	const cases: Array<[number, Record<string, string>, string, RegExp]> = [
		[200, { 'content-type': 'text/html' }, '<p>', /^leads to a web page/],
		[200, { 'content-type': 'application/xhtml+xml' }, '<p>', /^leads to a web page/],
		[200, {}, '\ufeff <!DOCTYPE HTML>', /^leads to a web page/],
		[200, { 'content-type': 'text/plain' }, 'hello', /^leads to text \(text\/plain\)/],
		[200, { 'content-type': 'application/problem+json' }, '{}', /\(application\/problem\+json\)/],
		[200, { 'content-type': 'application/xml' }, '<Error>', /^leads to text \(application\/xml\)/],
		[200, { 'content-length': '0' }, '', /^leads to an empty file/],
		[204, {}, '', /^leads to an empty file/],
		[416, { 'content-range': 'bytes */0' }, 'no', /^leads to an empty file/],
		[404, { 'content-length': '0' }, '', /^leads to nothing.*404/],
		[400, {}, 'no', /^is refused by its host \(HTTP status 400\)/],
	];
	test.each(cases)('%s %j %s', (status, headers, head, refused) => {
		const looked = judged({ status, head: Buffer.from(head) }, headers);
		expect('refused' in looked ? looked.refused : '').toMatch(refused);
	});

	test.each([304, 408, 416, 425, 429, 500, 502, 503, 504])('%s tells nothing', (status) => {
		expect(judged({ status })).toStrictEqual({ unreached: `HTTP status ${status}` });
	});
});

describe('when a signed link ends', () => {
	const hour = NOW / 1000 - 3600;
	const cases: Array<[string, string | undefined]> = [
		['X-Amz-Date=20260601T100000Z&X-Amz-Expires=3600', '2026-06-01 11:00'],
		['X-Amz-Date=20260601T113000Z&X-Amz-Expires=3600', undefined],
		['x-goog-date=20260601T100000Z&x-goog-expires=600', '2026-06-01 10:10'],
		[`Expires=${hour}&Signature=x`, '2026-06-01 11:00'],
		[`Expires=${hour + 7200}&Signature=x`, undefined],
		['Expires=0', undefined],
		['se=2026-06-01T11%3A00%3A00Z&sig=x', '2026-06-01 11:00'],
		['se=2026-07-01&sig=x', undefined],
		['se=never&sig=x', undefined],
		['se=2026-01-01', undefined],
		[`ex=${hour.toString(16)}&is=1&hm=x`, '2026-06-01 11:00'],
		['X-Amz-Date=20260601T100000Z', undefined],
	];
	for (const [query, end] of cases)
		test(`${query} ${end ?? 'has not ended'}`, () => {
			const looked = judged({ url: `https://example.com/a?${query}`, status: 403 });
			const refused = 'refused' in looked ? looked.refused : '';
			expect(refused).toMatch(
				end ? new RegExp(`^ran out at ${end} UTC`) : /^is not open to everyone/,
			);
		});
});

describe('the first bytes of a stream', () => {
	async function* stream(length: number, report: (taken: number) => void) {
		for (let taken = 1; taken <= length; taken++) {
			report(taken);
			yield Buffer.alloc(10_000, taken);
		}
	}

	test('no more chunks than it takes, and no more bytes', async () => {
		let taken = 0;
		const head = await headOf(stream(100, (count) => (taken = count)));
		expect([head.length, taken]).toStrictEqual([HEAD_BYTES, 7]);
	});

	test('all of a short one', async () => {
		expect(await headOf(stream(2, () => undefined))).toHaveLength(20_000);
	});
});
