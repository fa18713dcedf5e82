import { neverReachedServer, noResponse } from '../../dist/nodes/RunComfy/api/noResponse.js';
import { clean } from '../../dist/nodes/RunComfy/text/clean.js';

/** An error as n8n's helpers give it: the socket's own is at the end of the causes. */
function wrapped(code: string, syscall?: string) {
	const socket = Object.assign(new Error(`${syscall ?? 'socket'} ${code}`), { code, syscall });
	return new Error('n8n', {
		cause: Object.assign(new Error('axios', { cause: socket }), { code }),
	});
}

describe('a request that got no response', () => {
	/** An error as n8n 1 gives it: no cause, and advice to send again for a message. */
	const fromN8n1 = (httpCode: string, words: string) =>
		Object.assign(new Error('You can retry the request immediately'), {
			httpCode,
			messages: [words],
			cause: undefined,
		});

	test('n8n 1: was never sent', () => {
		for (const [code, words] of [
			['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:443'],
			['EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1:443'],
			['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere.example'],
		])
			expect([words, neverReachedServer(noResponse(fromN8n1(code, words)))]).toStrictEqual([
				words,
				true,
			]);
	});

	test('n8n 1: may have been sent, and the advice to send again is kept back', () => {
		const reset = noResponse(fromN8n1('ECONNRESET', 'read ECONNRESET'));
		expect(neverReachedServer(reset)).toBe(false);
		expect(reset.reason).toBe('read ECONNRESET');
		expect(neverReachedServer(noResponse(fromN8n1('EHOSTUNREACH', 'read EHOSTUNREACH')))).toBe(
			false,
		);
	});

	const neverSent: Array<[string, string?]> = [
		['ECONNREFUSED', 'connect'],
		['ECONNREFUSED'],
		['ENOTFOUND', 'getaddrinfo'],
		['EAI_AGAIN', 'getaddrinfo'],
		['EHOSTUNREACH', 'connect'],
		['ENETUNREACH', 'connect'],
		['ETIMEDOUT', 'connect'],
		['CERT_HAS_EXPIRED'],
		['DEPTH_ZERO_SELF_SIGNED_CERT'],
		['ERR_TLS_CERT_ALTNAME_INVALID'],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
		['HOSTNAME_MISMATCH'],
		['INVALID_PURPOSE'],
		['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
	];
	for (const [code, syscall] of neverSent)
		test(`was never sent: ${code} ${syscall ?? ''}`, () =>
			expect(neverReachedServer(noResponse(wrapped(code, syscall)))).toBe(true));

	const perhapsSent: Array<[string, string?]> = [
		['ECONNRESET', 'read'],
		['EPIPE', 'write'],
		['EPROTO', 'write'],
		['ETIMEDOUT', 'read'],
		['EHOSTUNREACH', 'read'],
		['ENETUNREACH', 'write'],
		['ECONNABORTED'],
		['ERR_CANCELED'],
		['ERR_BAD_RESPONSE'],
		['HPE_INVALID_CONSTANT'],
		['ERR_SSL_WRONG_VERSION_NUMBER'],
		['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'],
	];
	for (const [code, syscall] of perhapsSent)
		test(`may have been sent: ${code} ${syscall ?? ''}`, () =>
			expect(neverReachedServer(noResponse(wrapped(code, syscall)))).toBe(false));

	/** An error whose request axios keeps, with the connection it had. */
	const withRequest = (code: string, request: object) =>
		new Error('n8n', { cause: Object.assign(new Error('axios'), { code, request }) });
	const connections: Array<[string, object, boolean]> = [
		['no connection yet', { protocol: 'https:', socket: null }, true],
		['no connection yet, without TLS', { protocol: 'http:', socket: null }, true],
		['still connecting', { protocol: 'http:', socket: { connecting: true } }, true],
		[
			'not secure yet',
			{ protocol: 'https:', socket: { encrypted: true, secureConnecting: true } },
			true,
		],
		['a refusal of a proxy in its place', { protocol: 'https:', socket: {} }, true],
		['secure', { protocol: 'https:', socket: { encrypted: true, secureConnecting: false } }, false],
		['connected, without TLS', { protocol: 'http:', socket: { connecting: false } }, false],
	];
	for (const [name, request, neverSent] of connections)
		test.each(['ECONNRESET', 'ECONNABORTED', 'EPROTO', 'ERR_CANCELED'])(
			`%s, ${name}: ${neverSent ? 'was never sent' : 'may have been sent'}`,
			(code) => expect(neverReachedServer(noResponse(withRequest(code, request)))).toBe(neverSent),
		);

	const WRONG_VERSION = (file: string) =>
		`write EPROTO 40BD:error:0A00010B:SSL routines:f:wrong version number:../ssl/record/${file}:77:`;
	const words: Array<[string, boolean, string | undefined]> = [
		[
			'Client network socket disconnected before secure TLS connection was established',
			true,
			undefined,
		],
		['Proxy connection ended before receiving CONNECT response', true, 'proxy'],
		[WRONG_VERSION('methods/tlsany_meth.c'), true, 'tls'],
		// OpenSSL 3.0 has the same words for what comes later.
		[WRONG_VERSION('ssl3_record.c'), false, 'tls'],
		['write EPROTO 40BD:error:0A000126:SSL routines:ssl3_read_n:unexpected eof', false, undefined],
		['socket hang up', false, undefined],
	];
	for (const [text, neverSent, obstacle] of words)
		test(`${text.slice(0, 40)}… ${neverSent ? 'was never sent' : 'may have been sent'}`, () => {
			for (const error of [new Error(text), fromN8n1('EPROTO', text)]) {
				const lost = noResponse(error);
				expect(neverReachedServer(lost)).toBe(neverSent);
				expect(lost.obstacle).toBe(obstacle);
			}
		});

	test('its obstacle is told by its code', () => {
		const obstacles = {
			certificate: ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'HOSTNAME_MISMATCH'],
			name: ['ENOTFOUND', 'EAI_AGAIN'],
			undefined: ['ECONNREFUSED', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ECONNRESET'],
		};
		for (const [obstacle, codes] of Object.entries(obstacles))
			for (const code of codes)
				expect([code, String(noResponse(wrapped(code)).obstacle)]).toStrictEqual([code, obstacle]);
	});

	test('keeps the words of the socket, without the token', () => {
		const { reason } = noResponse(
			new Error('a', { cause: new Error('said Bearer rc_1 to rc_1') }),
			(text) => clean(text, 'rc_1'),
		);
		expect(reason).toBe('said Bearer [hidden] to [hidden]');
	});

	test('always has a reason', () => {
		for (const odd of [undefined, null, 'text', {}, new Error(''), new AggregateError([], '')])
			expect(noResponse(odd).reason).toBe('no answer');
	});

	test('survives causes that go round in circles', () => {
		const error: Error & { cause?: unknown } = new Error('round');
		error.cause = error;
		expect(noResponse(error).reason).toBe('round');
	});
});
