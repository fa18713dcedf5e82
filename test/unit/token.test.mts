import { tokenIn } from '../../dist/nodes/RunComfy/api/token.js';

test.each([
	'rc_a-1.b',
	' rc_a-1.b\n',
	'\u00a0rc_a-1.b\u200b',
	'"rc_a-1.b"',
	'“rc_a-1.b”',
	'Bearer rc_a-1.b',
	'"bearer  rc_a-1.b"',
	'Authorization: Bearer rc_a-1.b',
	'rc_a\r\n-1.b',
])('a token pasted as %j', (pasted) =>
	expect(tokenIn(pasted)).toStrictEqual({ token: 'rc_a-1.b', oddCharacter: undefined }),
);

test.each([
	['rc_é', 'é'],
	['ключ', 'к'],
	['rc_🔑', '🔑'],
])('no token: %s', (pasted, oddCharacter) =>
	expect(tokenIn(pasted).oddCharacter).toBe(oddCharacter),
);

for (const nothing of ['', ' ', '""', undefined, null, 'Bearer '])
	test(`nothing: ${JSON.stringify(nothing)}`, () => expect(tokenIn(nothing).token).toBe(''));
