import { isPattern, listOf, matching } from '../../dist/nodes/RunComfy/order/files/names.js';
import { urlsOf } from '../../dist/nodes/RunComfy/order/files/linksIn.js';
import { select } from '../../dist/nodes/RunComfy/order/files/select.js';

describe('several names in one field', () => {
	const cases: Array<[unknown, string[]]> = [
		['data', ['data']],
		[' face , logo,,', ['face', 'logo']],
		[
			['face', ' logo '],
			['face', 'logo'],
		],
		[[null, undefined, '', 7], ['7']],
		[[{ a: 1 }], ['{"a":1}']],
		['', []],
		[undefined, []],
		[null, []],
	];
	for (const [value, names] of cases)
		test(`${JSON.stringify(value)} is ${names.join(' and ') || 'none'}`, () => {
			expect(listOf(value)).toStrictEqual(names);
		});
});

describe('several URLs in one field', () => {
	const a = 'https://example.com/a.png';
	const b = 'https://example.com/b.png';
	const withComma = 'https://example.com/w_300,h_400/a.png';
	const cases: Array<[unknown, string[]]> = [
		[a, [a]],
		[`${a},${b}`, [a, b]],
		[` ${a} , ${b} `, [a, b]],
		[`${a}\r\n\n${b}\n`, [a, b]],
		[`${withComma}, ${b}`, [withComma, b]],
		[`${withComma},${b}`, [withComma, b]],
		[
			[withComma, b],
			[withComma, b],
		],
		[`${a};${b}`, [a, b]],
		[`${a} ; ${b};`, [a, b]],
		[`${a}|${b}`, [a, b]],
		[`${a} | ${b},\n`, [a, b]],
		['https://example.com/a;v=1|2,x.png', ['https://example.com/a;v=1|2,x.png']],
		['https://example.com/a; v=1', ['https://example.com/a; v=1']],
		[`["${withComma}", "${b}"]`, [withComma, b]],
		[`[{ "id": "att1", "url": "${a}", "size": 1 }, { "url": "${b}" }]`, [a, b]],
		[` {"url": "${a}"}`, [a]],
		[
			[{ id: 'att1', url: a, thumbnails: { small: { url: b } } }, b],
			[a, b],
		],
		[{ url: a }, [a]],
		[{ link: a }, [a]],
		[`{"link":"${a}"}`, [a]],
		[{ page: a, src: b }, [`{"page":"${a}","src":"${b}"}`]],
		[{ name: 'a.png' }, ['{"name":"a.png"}']],
		[
			[{ type: 'file', name: 'a', file: { url: a, expiry_time: '2026' } }, { file: { url: b } }],
			[a, b],
		],
		[[{ src: a, admin_graphql_api_id: 'gid://shopify/1' }], [a]],
		[{ path: 'x/a.png', signedUrl: a, thumbnails: { tiny: { signedUrl: b } } }, [a]],
		[
			[[{ url: a }], [[b]]],
			[a, b],
		],
		[`${a}","${b}`, [a, b]],
		[`"${a}", "${b}"`, [a, b]],
		[`"${a}"`, [a]],
		[`<${a}>`, [a]],
		[`<${a}|a.png> <${b}>`, [a, b]],
		[`[photo](${a})`, [a]],
		[`![${a}](${a} "A cat")\n[photo](${b})`, [a, b]],
		[`photo.png (${a})`, [a]],
		[`photo, one.png (${a}),two (2).png (${withComma})`, [a, withComma]],
		['https://example.com/a_(1).png', ['https://example.com/a_(1).png']],
		[`${a} and <${b}>`, [`${a} and <${b}>`]],
		[`see ${a}`, [`see ${a}`]],
		['[object Object]', ['[object Object]']],
		['{{ $json.url }}', ['{{ $json.url }}']],
		['[]', []],
		['', []],
		[undefined, []],
	];
	for (const [value, urls] of cases)
		test(JSON.stringify(value) ?? 'nothing', () => expect(urlsOf(value)).toStrictEqual(urls));
});

describe('patterns', () => {
	const names = ['photo_10', 'logo', 'photo_2', 'photo_1', 'photos', 'a.b', 'axb'];
	const cases: Array<[string, string[]]> = [
		['photo_*', ['photo_1', 'photo_2', 'photo_10']],
		['*', ['photo_1', 'photo_2', 'photo_10', 'logo', 'photos', 'a.b', 'axb']],
		['*o*', ['photo_1', 'photo_2', 'photo_10', 'logo', 'photos']],
		['a.*', ['a.b']],
		['Photo_*', []],
	];
	for (const [pattern, found] of cases)
		test(`${pattern} stands for ${found.join(', ') || 'nothing'}`, () => {
			expect(matching(pattern, names)).toStrictEqual(found);
		});

	test('two numbers in a name both count', () => {
		const pages = ['p2_10', 'p10_1', 'p2_9', 'p1_1'];
		expect(matching('p*', pages)).toStrictEqual(['p1_1', 'p2_9', 'p2_10', 'p10_1']);
	});

	test('only a star makes a pattern', () => {
		expect(['a*', '*', 'a?', 'a[1]'].map(isPattern)).toStrictEqual([true, true, false, false]);
	});
});

describe('the files that names stand for', () => {
	const one = [{ item: 0, names: ['b_2', 'b_1', 'a'] }];
	const two = [
		{ item: 0, names: ['data', 'x'] },
		{ item: 1, names: ['data'] },
	];
	const cases: Array<[string, string[], typeof one, string[], string[], string[]]> = [
		['names in the order given', ['b_2', 'a'], one, [], ['0:b_2', '0:a'], []],
		['a name given twice', ['a', 'a'], one, [], ['0:a', '0:a'], []],
		['a pattern in place', ['a', 'b_*'], one, [], ['0:a', '0:b_1', '0:b_2'], []],
		['a pattern passes over what is used', ['b_*'], one, ['0:b_1'], ['0:b_2'], []],
		['a second pattern adds the rest only', ['b_*', '*'], one, [], ['0:b_1', '0:b_2', '0:a'], []],
		['item by item', ['x', 'data'], two, [], ['0:x', '0:data', '1:data'], []],
		['what is nowhere is missing', ['y', 'data', 'z*'], two, [], ['0:data', '1:data'], ['y', 'z*']],
	];
	test.each(cases)('%s', (_title, names, items, used, places, missing) => {
		const selection = select(names, items, new Set(used));
		expect(selection.places.map(({ item, name }) => `${item}:${name}`)).toStrictEqual(places);
		expect(selection.missing).toStrictEqual(missing);
	});
});
