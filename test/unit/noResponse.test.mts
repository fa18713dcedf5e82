import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
			assert.ok(neverReachedServer(noResponse(fromN8n1(code, words))), words);
	});

	test('n8n 1: may have been sent, and the advice to send again is kept back', () => {
		const reset = noResponse(fromN8n1('ECONNRESET', 'read ECONNRESET'));
		assert.ok(!neverReachedServer(reset));
		assert.equal(reset.reason, 'read ECONNRESET');
		assert.ok(!neverReachedServer(noResponse(fromN8n1('EHOSTUNREACH', 'read EHOSTUNREACH'))));
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
	];
	for (const [code, syscall] of neverSent)
		test(`was never sent: ${code} ${syscall ?? ''}`, () =>
			assert.ok(neverReachedServer(noResponse(wrapped(code, syscall)))));

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
	];
	for (const [code, syscall] of perhapsSent)
		test(`may have been sent: ${code} ${syscall ?? ''}`, () =>
			assert.ok(!neverReachedServer(noResponse(wrapped(code, syscall)))));

	test('keeps the words of the socket, without the token', () => {
		const { reason } = noResponse(
			new Error('a', { cause: new Error('said Bearer rc_1 to rc_1') }),
			(text) => clean(text, 'rc_1'),
		);
		assert.equal(reason, 'said Bearer [hidden] to [hidden]');
	});

	test('always has a reason', () => {
		for (const odd of [undefined, null, 'text', {}, new Error(''), new AggregateError([], '')])
			assert.equal(noResponse(odd).reason, 'no answer');
	});

	test('survives causes that go round in circles', () => {
		const error: Error & { cause?: unknown } = new Error('round');
		error.cause = error;
		assert.equal(noResponse(error).reason, 'round');
	});
});
