import { hostIssue } from '../../dist/nodes/RunComfy/output/hosts.js';

const BASE = 'https://model-api.runcomfy.net';

describe('a video is downloaded from', () => {
	const cases: Array<[string, string]> = [
		['https://runcomfy.net/a.mp4', BASE],
		['https://cdn.runcomfy.net/a.mp4', BASE],
		['https://a.b.RunComfy.com:8443/a.mp4', BASE],
		['http://127.0.0.1:8788/files/a.mp4', 'http://127.0.0.1:8788'],
		['http://127.0.0.1:8788/files/a.mp4', 'http://127.0.0.1:8788/api'],
	];
	test.each(cases)('%s with %s', (url, base) => expect(hostIssue(url, base)).toBeUndefined());
});

describe('a video is not downloaded from', () => {
	const cases: Array<[string, string, RegExp]> = [
		['https://example.com/a.mp4', BASE, /is on example\.com, which is not RunComfy/],
		['https://runcomfy.net.example.com/a.mp4', BASE, /not RunComfy/],
		['https://notruncomfy.net/a.mp4', BASE, /not RunComfy/],
		['https://runcomfy.network/a.mp4', BASE, /not RunComfy/],
		['https://cdn.runcomfy.net@example.com/a.mp4', BASE, /is on example\.com/],
		['https://169.254.169.254/latest', BASE, /not RunComfy/],
		['http://cdn.runcomfy.net/a.mp4', BASE, /not an https link/],
		['http://127.0.0.1:9999/a.mp4', 'http://127.0.0.1:8788', /not an https link/],
		['file:///etc/passwd', BASE, /not an https link/],
		['data:video/mp4;base64,AAAA', BASE, /not an https link/],
		['javascript:1', BASE, /not an https link/],
		['a.mp4', BASE, /is no URL/],
		['', BASE, /is no URL/],
	];
	test.each(cases)('%s with %s', (url, base, issue) =>
		expect(hostIssue(url, base) ?? '').toMatch(issue),
	);
});
