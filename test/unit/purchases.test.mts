import { withRequest } from '../../dist/nodes/RunComfy/run/purchases.js';

const named = (ids: string[]) =>
	ids.reduce<string | undefined>((text, id) => withRequest(text, id), undefined)!;

describe('the purchases that an execution names', () => {
	test('the newest comes first', () => {
		expect(named(['a'])).toBe('1 request: a');
		expect(named(['a', 'b', 'c'])).toBe('3 requests: c, b, a');
	});

	test('as many as fit, and how many there are', () => {
		const ids = Array.from({ length: 40 }, () => crypto.randomUUID());
		const text = named(ids);
		expect(text.length).toBeLessThanOrEqual(512);
		expect(text.length).toBeGreaterThan(512 - 38);
		const newest = ids.reverse().slice(0, 13).join(', ');
		expect(text).toBe(`40 requests: ${newest}, …`);
	});

	test('a long ID of its own fits', () => {
		const [one, two] = ['1'.repeat(128), '2'.repeat(128)];
		expect(named([one, two])).toBe(`2 requests: ${two}, ${one}`);
		expect(named(Array<string>(9).fill(one)).length).toBeLessThanOrEqual(512);
	});

	test('what somebody else wrote there makes room', () => {
		expect(withRequest('my own note', 'a')).toBe('1 request: a');
	});
});
