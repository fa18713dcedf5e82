import { release } from '../../dist/nodes/RunComfy/n8n/memory.js';

test('a released chunk gives its memory back at once', () => {
	const chunk = Buffer.alloc(64 * 1024, 'x');
	const before = process.memoryUsage().arrayBuffers;
	release(chunk);
	expect(chunk).toHaveLength(0);
	expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThanOrEqual(64 * 1024);
});

test('a chunk that shares its memory with others is left alone', () => {
	const whole = Buffer.from(new ArrayBuffer(6)).fill('abcdef');
	release(whole.subarray(0, 3));
	expect(whole.toString('latin1')).toBe('abcdef');
});

test('a chunk can be released twice', () => {
	const chunk = Buffer.from(new ArrayBuffer(3)).fill('abc');
	release(chunk);
	release(chunk);
	expect(chunk).toHaveLength(0);
});
