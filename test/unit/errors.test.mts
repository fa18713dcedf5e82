import { MODEL_API } from '../../dist/nodes/RunComfy/api/services.js';
import { createRequire } from 'node:module';
import type { INode } from 'n8n-workflow';
import { Failure } from '../../dist/nodes/RunComfy/api/failure.js';
import { readable } from '../../dist/nodes/RunComfy/n8n/messages.js';
import { errorItem, nodeError } from '../../dist/nodes/RunComfy/output/errors.js';

const { NodeApiError } = createRequire(import.meta.url)('n8n-workflow');

/** EDITOR.md has them from n8n-workflow's node.error.ts. */
const REPLACED =
	'ECONNREFUSED ECONNRESET ENOTFOUND ETIMEDOUT ERRADDRINUSE EADDRNOTAVAIL ECONNABORTED EHOSTUNREACH EAI_AGAIN ENOENT EISDIR ENOTDIR EACCES EEXIST EPERM GETADDRINFO'.split(
		' ',
	);
const node = {
	id: '1',
	name: 'RunComfy',
	type: 'runComfy',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
} as unknown as INode;
const nothing = { purchases: () => [], unconfirmed: () => [] };
const bought = (...requests: Array<[number, string, string]>) => ({
	unconfirmed: () => [],
	purchases: () =>
		requests.map(([index, requestId, status]) => ({
			index,
			purchase: { service: MODEL_API, requestId, target: 'm', status },
		})),
});

/** As n8n's routing passes an error on. */
function shown(
	failure: InstanceType<typeof Failure>,
	run: Parameters<typeof nodeError>[3] = nothing,
) {
	const error = nodeError(node, 0, failure, run);
	const { message, description } = error;
	const passed = new NodeApiError(node, error, { message, description, httpCode: 'none' });
	return passed as { message: string; description: string };
}

describe('words that n8n replaces', () => {
	for (const word of REPLACED)
		test.each([`connect ${word} 1.2.3.4`, `pre${word.toLowerCase()}ing`])('%s', (text) => {
			const { message } = shown(new Failure(text, { submitted: 'no' }));
			expect(message.replaceAll('\u2060', '')).toBe(`${text}.`);
			expect(readable(readable(text))).toBe(readable(text));
		});

	test('stand unchanged in the description', () => {
		const reason = REPLACED.join(' ');
		const { message, description } = shown(new Failure('No answer', { submitted: 'no', reason }));
		expect(message).toBe('No answer.');
		expect(description).toContain(reason);
	});
});

test('the description is text, although n8n shows HTML', () => {
	const reason = '<img src=x onerror="alert(1)"> & more';
	const { description } = shown(new Failure('No', { submitted: 'no', reason, hint: 'Go on.' }));
	expect(description).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; more');
	expect(description).not.toContain('<img');
	expect(description).toMatch(/^Go on\.<br>/);
});

describe('the error that stops a workflow', () => {
	const failure = new Failure('The video failed', {
		submitted: 'yes',
		requestId: 'id-2',
		status: 'failed',
	});

	test('names every request that was bought, with its state', () => {
		const { message, description } = shown(
			failure,
			bought([0, 'id-1', 'completed'], [1, 'id-2', 'failed']),
		);
		expect(message).toBe(
			'The video failed (request id-2, failed). Also bought in this run: id-1 (item 0, completed).',
		);
		expect(description).toMatch(/Wait for Completion gets the result of a request ID/);
		expect(description).toMatch(/<br>Request IDs to paste: id-2, id-1$/);
	});

	test('names items that may have been bought, besides its own', () => {
		const run = {
			purchases: () => [],
			unconfirmed: () => [{ index: 0 }, { index: 2 }, { index: 3, named: 'req:7' }],
		};
		const { message } = shown(new Failure('No', { submitted: 'unknown' }), run);
		expect(message).toBe(
			'No. Perhaps bought too, look at Generations on runcomfy.com: item 2, item 3 (req:7).',
		);
	});

	test('gives the video', () => {
		const videoUrl = 'https://cdn.runcomfy.net/a.mp4?a=1&b=2';
		const { description } = shown(failure.with({ videoUrl }));
		expect(description).toContain('Video: https://cdn.runcomfy.net/a.mp4?a=1&amp;b=2');
	});
});

describe('an error item', () => {
	test('has exactly the shape of the contract', () => {
		const details = {
			submitted: 'yes' as const,
			requestId: 'id-1',
			status: 'failed',
			videoUrl: 'https://cdn.runcomfy.net/a.mp4',
			errorCode: 404001,
			httpStatus: 404,
			hint: 'Do this.',
			reason: 'why',
			technical: 'reset',
		};
		expect(errorItem(new Failure('It failed', details))).toStrictEqual({
			error: {
				message:
					"It failed (request id-1, failed). Do this. RunComfy's words: why Technical detail: reset",
				submitted: 'yes',
				request_id: 'id-1',
				status: 'failed',
				video_url: 'https://cdn.runcomfy.net/a.mp4',
				error_code: 404001,
				http_status: 404,
			},
		});
	});

	test('tells what came instead of a file', () => {
		const failure = new Failure('Nothing', { submitted: 'yes', output: { images: [] } });
		const { error } = errorItem(failure);
		expect((error as { output: unknown }).output).toStrictEqual({ images: [] });
		expect(shown(failure).description).toMatch(/Output: \{&quot;images&quot;:\[\]\}/);
	});

	test('leaves out what is not known', () => {
		const item = errorItem(new Failure('Why?', { submitted: 'unknown', status: undefined }));
		expect(item).toStrictEqual({ error: { message: 'Why?', submitted: 'unknown' } });
	});

	test('names an ID once', () => {
		const details = { submitted: 'yes', requestId: 'id-1' } as const;
		const { error } = errorItem(new Failure('Request id-1 is gone', details));
		expect((error as { message: string }).message).toBe('Request id-1 is gone.');
	});
});
