import {
	exactBoolean,
	exactNumber,
	isUnset,
	preview,
} from '../../dist/nodes/RunComfy/text/values.js';

describe('numbers as sheets give them', () => {
	const cases: Array<[unknown, number | undefined]> = [
		[5, 5],
		[0.5, 0.5],
		['5', 5],
		[' 5 ', 5],
		['5.0', 5],
		['-1', -1],
		['5s', undefined],
		['5,5', undefined],
		['1e3', undefined],
		['0x10', undefined],
		['', undefined],
		[' ', undefined],
		[true, undefined],
		[null, undefined],
		[[5], undefined],
		[NaN, undefined],
		[Infinity, undefined],
	];
	for (const [value, number] of cases)
		test(`${JSON.stringify(value)} is ${number}`, () => expect(exactNumber(value)).toBe(number));
});

describe('booleans as sheets give them', () => {
	const cases: Array<[unknown, boolean | undefined]> = [
		[true, true],
		[false, false],
		['TRUE', true],
		[' false ', false],
		['yes', undefined],
		['1', undefined],
		[1, undefined],
		[0, undefined],
		['', undefined],
		[null, undefined],
	];
	for (const [value, boolean] of cases)
		test(`${JSON.stringify(value)} is ${boolean}`, () => {
			expect(exactBoolean(value)).toBe(boolean);
		});
});

test('an empty cell is no value, but 0 and false are', () => {
	const values = [undefined, null, '', ' \n', 0, false, 'x', {}, []];
	expect(values.map(isUnset)).toStrictEqual([
		true,
		true,
		true,
		true,
		false,
		false,
		false,
		false,
		false,
	]);
});

describe('values in messages', () => {
	const cases: Array<[unknown, string]> = [
		['a\n\tb', 'a b'],
		[7, '7'],
		[{ a: 1 }, '{"a":1}'],
		[undefined, 'undefined'],
		['x'.repeat(60), 'x'.repeat(60)],
		['x'.repeat(61), `${'x'.repeat(59)}…`],
	];
	for (const [value, text] of cases)
		test(`${JSON.stringify(value)}`.slice(0, 40), () => expect(preview(value)).toBe(text));
});
