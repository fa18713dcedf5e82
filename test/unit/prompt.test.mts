import { promptFindings, zeroWarnings } from '../../dist/nodes/RunComfy/resources/video/prompt.js';
import { isNoText, unfilledIn } from '../../dist/nodes/RunComfy/text/unfilled.js';

const findings = (prompt: string, images = 0, items = 1) =>
	promptFindings({ prompt }, { images, items }).map(({ text }) => text);

describe('figures that are not there', () => {
	const cases: Array<[string, number, number[]]> = [
		['Figure 1 and Figure 2', 2, []],
		['figure 3 hands FIGURE 4 a cup, figure 3 smiles', 2, [3, 4]],
		['Fig. 5, fig 6, Figure #7 and figure8', 4, [5, 6, 7]],
		['Figures 2 stand', 1, [2]],
		['Figures 1, 2 and 5 meet figs. 6-7', 3, [5, 6, 7]],
		['Figure 1 and 4 dogs', 1, []],
		['Figure 0', 1, []],
		['Figure 1', 0, [1]],
		['a skater draws a figure 8, figure 10 of the play', 1, []],
		['a figure of 3 people, 42 figurines', 0, []],
	];
	test.each(cases)('%s, with %s', (prompt, count, figures) => {
		const there = ['there is no reference image', 'there is 1 reference image'][count];
		const named = figures.map((figure) => `Figure ${figure}`).join(', ');
		const [text = '', ...more] = findings(prompt, count);
		expect(more).toStrictEqual([]);
		if (!figures.length) return expect(text).toBe('');
		const what = `The prompt names ${named}, but ${there ?? `there are ${count} reference images`}.`;
		expect(text.slice(0, what.length)).toBe(what);
	});

	test('prompts of shots count too', () => {
		const multi_prompt = [null, { prompt: 'Figure 1' }, { prompt: 'Figure 7' }];
		const found = promptFindings({ prompt: 'x', multi_prompt }, { images: 1, items: 1 });
		expect(found).toHaveLength(1);
	});

	test('images of Additional Input count', () => {
		const inputs = { prompt: 'Figure 2', images: ['a', 'b'] };
		expect(promptFindings(inputs, { images: 0, items: 1 })).toStrictEqual([]);
	});

	test('what to do depends on where the images may be', () => {
		expect(findings('Figure 1')[0]).toMatch(/n8n ignores an expression for the whole list/);
		expect(findings('Figure 2', 1)[0]).toMatch(/Add it under 'Reference Images'/);
		expect(findings('Figure 2', 1, 3)[0]).toMatch(/set 'Input Items' to One Video From All Items$/);
	});

	test('every one of them is left to the user', () => {
		const found = promptFindings({ prompt: 'Figure 1 {{ x }} @Image1' }, { images: 0, items: 1 });
		expect(found.map(({ check }) => check)).toStrictEqual(['prompt', 'prompt', 'prompt']);
	});

	test('counting from 0 is a warning', () => {
		expect(zeroWarnings({ prompt: 'Figure 0 waves' })).toHaveLength(1);
		expect(zeroWarnings({ prompt: 'Figure 10 waves' })).toHaveLength(0);
	});
});

describe('the dialects of other models', () => {
	const cases: Array<[string, string]> = [
		['@Image1 waves', '@Image1'],
		['the man of @image_2', '@image_2'],
		['follow @Video1', '@Video1'],
		['@Element1 dances', '@Element1'],
		['<<<image_1>>> waves', '<<<image_1>>>'],
		['<<<video_1>>>', '<<<video_1>>>'],
		['[Image 1] waves', '[Image 1]'],
		['<image_1>', '<image_1>'],
		['<|image_3|>', '<|image_3|>'],
	];
	test.each(cases)('%s', (prompt, name) => {
		const [text] = findings(prompt, 7);
		expect([
			text,
			text.startsWith(`'Prompt' says ${name}, as other models name references.`),
		]).toStrictEqual([text, true]);
	});

	test.each([
		'write to me@image1.example.com… no, at photo@studio',
		'image 1 of the album',
		'[a photo] of 3 < 4 > 1',
		'<3 this',
		'email: a@b.c',
	])('is none: %s', (prompt) => expect(findings(prompt, 7)).toStrictEqual([]));
});

describe('text that was never filled in', () => {
	const cases: Array<[string, string | undefined]> = [
		['A cat {{ $json.what }} here', '{{ $json.what }}'],
		['A cat {{ here', '{{'],
		['${name} waves', '${name}'],
		['$json.prompt', '$json.prompt'],
		['by [object Object]', '[object Object]'],
		['undefined waves', 'undefined'],
		['the dog null', 'null'],
		['NaN seconds', 'NaN'],
		['costs $5, {curly} {braces}, 50 % off', undefined],
		['Null Island, an Undefined shape, nullify, un-undefined', undefined],
		['', undefined],
		['{"a":{"b":1}}', undefined],
		['{"a":{"b":null}, "c":[[{}]]}', undefined],
		['[{"shot":{"camera":null}}]', undefined],
		['{"a":{"b":"{{ $json.b }}"}}', '{{ $json.b }}'],
		['{"a":["undefined waves"]}', 'undefined'],
		['{"a":undefined}', 'undefined'],
		['{"a":{"b":1}} waves', '}}'],
	];
	for (const [text, part] of cases)
		test(text || 'nothing', () => expect(unfilledIn(text)).toBe(part));
});

describe('text that a sheet has where there is none', () => {
	const words = ['#N/A', '#REF!', '#ERROR!', '#NAME?', '#VALUE!', '#DIV/0!', '#NUM!', '#SPILL!'];
	const others = ['#NV', '#BEZUG!', '#GETTING_DATA', 'Loading...', 'true', 'FALSE', '0', ' 0\n'];
	for (const word of [...words, ...others]) test(word, () => expect(isNoText(word)).toBe(true));

	for (const text of [
		'a sign that says #N/A',
		'Loading... a truck',
		'0 gravity',
		'10',
		'#cat',
		'1',
		'yes',
	])
		test(`a person's: ${text}`, () => expect(isNoText(text)).toBe(false));
});
