import { withoutSignatures } from '../../dist/nodes/RunComfy/n8n/signedLink.js';
import { factsOf } from '../../dist/nodes/RunComfy/order/files/facts.js';
import {
	addressObstacle,
	answerObstacle,
	redirectObstacle,
	unreachedObstacle,
} from '../../dist/nodes/RunComfy/order/files/ownLink.js';
import { media } from '../fixtures/media.mts';

const ADDRESS = 'https://n8n.example.com/rest/binary-data/signed';
const PHOTO = media('photo.png');
const file = {
	bytes: PHOTO.length,
	type: factsOf(PHOTO).type,
	binary: { data: 'filesystem-v2', mimeType: 'image/png' },
};

describe('an address of n8n that RunComfy reads', () => {
	test.each([ADDRESS, 'https://n8n.example.com/n8n/rest/binary-data/signed'])('%s', (address) =>
		expect(addressObstacle(address, false)).toBeUndefined(),
	);

	test('on this machine, for a simulator on it', () => {
		expect(addressObstacle('http://localhost:5678/rest/binary-data/signed', true)).toBeUndefined();
	});
});

describe('an address of n8n that RunComfy does not read', () => {
	const cases: Array<[string, string, boolean?]> = [
		['http://localhost:5678/rest', 'http://localhost:5678'],
		['https://localhost/rest', 'https://localhost'],
		['http://n8n.example.com/rest', 'http://n8n.example.com', true],
		['https://192.168.0.7/rest', 'https://192.168.0.7', true],
		['https://10.1.2.3:8443/rest', 'https://10.1.2.3:8443', true],
		['https://n8n.local/rest', 'https://n8n.local'],
		['https://n8n/rest', 'https://n8n'],
		['https://[fd00::1]/rest', 'https://[fd00::1]'],
		['n8n.example.com/rest', 'n8n.example.com/rest', true],
	];
	for (const [address, shown, allowsLoopback = false] of cases)
		test(address, () =>
			expect(addressObstacle(address, allowsLoopback)).toStrictEqual({
				what: `n8n's own address is ${shown}, and RunComfy reads public https addresses only`,
				todo: "Set WEBHOOK_URL on the n8n server to n8n's public https address",
			}),
		);
});

describe('what a look at a file of n8n tells', () => {
	const png = { 'content-type': 'image/png', 'content-length': String(PHOTO.length) };
	const answer = (statusCode: number, headers: Record<string, string> = png) => ({
		statusCode,
		headers,
	});

	test('that all is well', () => {
		for (const fine of [
			answer(200),
			answer(200, { 'content-type': 'image/png' }),
			answer(200, { ...png, 'content-length': '77', 'content-encoding': 'gzip' }),
			answer(200, { ...png, 'content-type': 'image/jpeg' }),
		])
			expect(answerObstacle(ADDRESS, fine, file)).toBeUndefined();
	});

	const cases: Array<[string, ReturnType<typeof answer>, RegExp, RegExp]> = [
		['another n8n', answer(400), /HTTP status 400: another n8n/, /WEBHOOK_URL.*N8N_ENCRYPTION_KEY/],
		['a path that is not passed on', answer(404), /HTTP status 404$/, /proxy pass that path/],
		['the same', answer(405), /HTTP status 405$/, /proxy pass that path/],
		['a login', answer(401), /HTTP status 401$/, /without a login/],
		['a firewall', answer(403), /HTTP status 403$/, /without a login/],
		['a dead upstream', answer(502), /HTTP status 502$/, /WEBHOOK_URL/],
		['a redirect to nowhere', answer(302), /HTTP status 302$/, /WEBHOOK_URL/],
		[
			'a login page',
			answer(200, { 'content-type': 'text/html' }),
			/a web page comes from .* instead of the file/,
			/without a login.*WEBHOOK_URL/,
		],
		[
			'another length',
			answer(200, { ...png, 'content-length': '77' }),
			/gives 77 bytes of 'image\/png' for a file of 300 bytes/,
			/what the proxy/,
		],
		[
			'another type',
			answer(200, { ...png, 'content-type': 'application/octet-stream' }),
			/gives 300 bytes of 'application\/octet-stream'/,
			/this n8n's own address/,
		],
	];
	test.each(cases)('%s', (_title, given, what, todo) => {
		const obstacle = answerObstacle(ADDRESS, given, file);
		expect(obstacle!.what).toMatch(what);
		expect(obstacle!.what).toContain(ADDRESS);
		expect(obstacle!.todo).toMatch(todo);
		expect(obstacle!.check).toBe('links');
	});

	test('nothing, or where else it leads', () => {
		expect(unreachedObstacle(ADDRESS, 'connect ECONNREFUSED 1.2.3.4:443')).toStrictEqual({
			what: `${ADDRESS} could not be reached from n8n (connect ECONNREFUSED 1.2.3.4:443)`,
			todo: 'Check that WEBHOOK_URL on the n8n server is its public address',
			check: 'links',
		});
		const { what } = redirectObstacle(
			ADDRESS,
			'redirects to a link that does not start with https://. RunComfy only reads https links',
		);
		expect(what).toBe(`${ADDRESS} redirects to a link that does not start with https://`);
	});
});

test('a signature is never shown, whatever way an address is written', () => {
	const signature = 'eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImEifQ.s1G-na_ture';
	const link = `https://n8n.example.com/rest/binary-data/signed?token=${signature}&name=file.png`;
	for (const written of [link, encodeURIComponent(link), link.replaceAll('/', '\\/')]) {
		const text = JSON.stringify({ error: `could not read ${written}, sorry` });
		const shown = withoutSignatures(text);
		expect(shown).not.toMatch(/eyJ|s1G/);
		expect(JSON.parse(shown).error.endsWith(', sorry')).toBe(true);
	}
	const theirs = 'https://cdn.example.com/video.mp4?token=eyJhbGciOiJIUzI1NiJ9.a.b';
	expect(withoutSignatures(theirs)).toBe(theirs);
});
