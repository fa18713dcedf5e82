import { fileNameOf } from '../../dist/nodes/RunComfy/output/fileName.js';

/** Those of a video, the usual one first. */
const ENDINGS = ['.mp4', '.mov', '.m4v', '.webm'];

const cases: Array<[string, string]> = [
	['clip.mp4', 'clip.mp4'],
	['Scene 2.10', 'Scene 2.10.mp4'],
	['a/b\\c:d*e?f"g<h>i|j\n', 'a_b_c_d_e_f_g_h_i_j_.mp4'],
	['x'.repeat(400), `${'x'.repeat(251)}.mp4`],
	[`${'x'.repeat(400)}.MOV`, `${'x'.repeat(251)}.MOV`],
	['ü'.repeat(200), `${'ü'.repeat(125)}.mp4`],
	['🐈'.repeat(100), `${'🐈'.repeat(62)}.mp4`],
	[`${'x'.repeat(250)} y`, `${'x'.repeat(250)}.mp4`],
	['x'.repeat(251), `${'x'.repeat(251)}.mp4`],
];
for (const [name, fileName] of cases)
	test(`${name.slice(0, 20)} (${name.length})`, () => {
		expect(fileNameOf(name, ENDINGS)).toBe(fileName);
		expect(Buffer.byteLength(fileName)).toBeLessThanOrEqual(255);
	});

test('the mark of a file goes before its ending, and stays when the name is cut', () => {
	expect(fileNameOf('photo.PNG', ['.png'], '-2')).toBe('photo-2.PNG');
	expect(fileNameOf('photo.png', ['.jpg', '.jpeg'], '-2')).toBe('photo.png-2.jpg');
	expect(fileNameOf('x'.repeat(400), ['.png'], '-12')).toBe(`${'x'.repeat(248)}-12.png`);
});
