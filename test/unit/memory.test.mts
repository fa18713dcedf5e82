import assert from 'node:assert/strict';
import { test } from 'node:test';
import { release } from '../../dist/nodes/RunComfy/n8n/memory.js';

test('a released chunk gives its memory back at once', () => {
	const chunk = Buffer.alloc(64 * 1024, 'x');
	const before = process.memoryUsage().arrayBuffers;
	release(chunk);
	assert.equal(chunk.length, 0);
	assert.ok(before - process.memoryUsage().arrayBuffers >= 64 * 1024);
});

test('a chunk that shares its memory with others is left alone', () => {
	const whole = Buffer.from(new ArrayBuffer(6)).fill('abcdef');
	release(whole.subarray(0, 3));
	assert.equal(whole.toString('latin1'), 'abcdef');
});

test('a chunk can be released twice', () => {
	const chunk = Buffer.from(new ArrayBuffer(3)).fill('abc');
	release(chunk);
	release(chunk);
	assert.equal(chunk.length, 0);
});
