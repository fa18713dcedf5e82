import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileNameOf } from '../../dist/nodes/RunComfy/output/fileName.js';

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
		assert.equal(fileNameOf(name), fileName);
		assert.ok(Buffer.byteLength(fileName) <= 255);
	});
