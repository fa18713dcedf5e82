import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withRequest } from '../../dist/nodes/RunComfy/run/named.js';

const named = (ids: string[]) =>
	ids.reduce<string | undefined>((text, id) => withRequest(text, id), undefined)!;

describe('the purchases that an execution names', () => {
	test('the newest comes first', () => {
		assert.equal(named(['a']), '1 request: a');
		assert.equal(named(['a', 'b', 'c']), '3 requests: c, b, a');
	});

	test('as many as fit, and how many there are', () => {
		const ids = Array.from({ length: 40 }, () => crypto.randomUUID());
		const text = named(ids);
		assert.ok(text.length <= 512 && text.length > 512 - 38, `${text.length} characters`);
		const newest = ids.reverse().slice(0, 13).join(', ');
		assert.equal(text, `40 requests: ${newest}, …`);
	});

	test('a long ID of its own fits', () => {
		const [one, two] = ['1'.repeat(128), '2'.repeat(128)];
		assert.equal(named([one, two]), `2 requests: ${two}, ${one}`);
		assert.ok(named(Array<string>(9).fill(one)).length <= 512);
	});

	test('what somebody else wrote there makes room', () => {
		assert.equal(withRequest('my own note', 'a'), '1 request: a');
	});
});
