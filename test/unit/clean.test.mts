import fc from 'fast-check';
import { clean, cleanValue, messageIn } from '../../dist/nodes/RunComfy/text/clean.js';

describe('texts of others are cleaned', () => {
	const TOKEN = 'rc_0123456789';
	const base64 = 'QUJD'.repeat(100);
	const cases: Array<[string, string, string]> = [
		['lines and spaces', ' a\n\tb  c ', 'a b c'],
		['the token', `token ${TOKEN} is bad`, 'token [hidden] is bad'],
		[
			'a bearer header',
			'sent "Authorization: Bearer abc.def"',
			'sent "Authorization: Bearer [hidden]"',
		],
		['a data URI', `image data:image/png;base64,${base64} is bad`, 'image [file] is bad'],
		['bare base64', `got ${base64}== here`, 'got [file] here'],
	];
	test.each(cases)('%s', (_name, text, cleaned) => expect(clean(text, TOKEN)).toBe(cleaned));

	test('long texts are cut to 500 characters', () => {
		const cut = clean('word '.repeat(200));
		expect(cut).toHaveLength(500);
		expect(cut.endsWith('…')).toBe(true);
	});

	test('no token and no file gets through, whatever stands around it', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (before, after) => {
				const text = clean(`${before} ${TOKEN} data:video/mp4;base64,${base64} ${after}`, TOKEN);
				expect(text).not.toContain(TOKEN);
				expect(text).not.toContain('QUJDQUJD');
				expect(text.length).toBeLessThanOrEqual(500);
			}),
			{ seed: 1 },
		);
	});
});

describe('what an error field says', () => {
	const cases: Array<[unknown, string]> = [
		[undefined, ''],
		[null, ''],
		['text', 'text'],
		[7, '7'],
		[['a', '', 'b'], 'a; b'],
		[{ message: 'm' }, 'm'],
		[{ error_message: 'm' }, 'm'],
		[{ reason: 'r' }, 'r'],
		[{ loc: ['body', 'images', 0], msg: 'too small' }, 'images.0: too small'],
		[{ field: 'prompt', message: 'missing' }, 'prompt: missing'],
		[
			[
				{ loc: ['body', 'a'], msg: 'x' },
				{ loc: ['body', 'b'], msg: 'y' },
			],
			'a: x; b: y',
		],
		[{ detail: [{ msg: 'deep' }] }, 'deep'],
		[{ code: 3 }, '{"code":3}'],
		[{ code: 'E1', message: 'no face' }, 'no face (E1)'],
		[{ code: 'E1', message: 'E1: no face' }, 'E1: no face'],
		[{ errors: [{ message: 'm', code: 'c' }] }, 'm (c)'],
		[{ errors: [{ message: 'a' }, { message: 'b' }] }, 'a; b'],
		[{ message: null, errors: ['a'] }, 'a'],
		[{ error: 'deep' }, 'deep'],
		[{ error: { message: 'deeper' } }, 'deeper'],
		['{"errors":[{"message":"m","code":"c"}]}', 'm (c)'],
		[' [{"msg":"a"}, "b"]', 'a; b'],
		[{ message: '{"error":{"message":"inner"}}' }, 'inner'],
		['{"open":', '{"open":'],
		['{}', ''],
		[{}, ''],
		[[], ''],
		[true, 'true'],
	];
	for (const [value, text] of cases)
		test(JSON.stringify(value) ?? 'undefined', () => expect(messageIn(value)).toBe(text));
});

describe('a value is shown', () => {
	const cleaned = (text: string) => clean(text, 'rc_secret');

	test('as it is when it is short', () => {
		for (const value of [null, 7, 'text', [], {}, { images: [], note: 'none' }, [{ a: [1] }]])
			expect(cleanValue(value, cleaned)).toStrictEqual(value);
	});

	test('as the beginning of a text when it is long, or holds what nobody may see', () => {
		const long = cleanValue({ seeds: Array(1000).fill(1) }, cleaned);
		expect(String(long)).toMatch(/^\{"seeds":\[1,1,.*…$/);
		expect(String(long)).toHaveLength(500);
		expect(cleanValue({ image: 'data:image/png;base64,QUJD', by: 'rc_secret' }, cleaned)).toBe(
			'{"image":"[file]","by":"[hidden]"}',
		);
	});
});
