import type { Fault, JobPlan } from '../../simulator/index.mts';

/** Something that goes wrong for a single item, and everything a user reads of it. */
export interface ErrorCase {
	operation: string;
	credential?: string;
	parameters?: object;
	prompt?: string;
	plans?: JobPlan[];
	faults?: Fault[];
	/** When the workflow stops: what n8n stores and shows. `{id}` stands for the request id, `{url}` for the base URL. */
	message: string;
	/** The lines below it, rendered as HTML by n8n. */
	description: string[];
	/** With On Error set to continue: what stands beside `message` in the error item. */
	error: { submitted: string } & Record<string, unknown>;
	/** The error item's message, where it is not the message and the description in one line. */
	text?: string;
	/** Submits that reach RunComfy; none unless given. */
	submits?: number;
}

const UNKNOWN = {
	message: 'RunComfy did not confirm the request, so it may or may not have been bought.',
	wayOut:
		'Look at Generations on runcomfy.com before you run this item again. If the result is there, get it with Wait for Completion and its request ID.',
};
const USE_ID = 'Use the request_id returned by Create or Generate, as {{ $json.request_id }} does.';
const NOTHING_BOUGHT = ['Nothing was bought.'];
const NO = { submitted: 'no' };

export const ERROR_CASES: Record<string, ErrorCase> = {
	'a wrong token': {
		operation: 'create',
		credential: 'wrong token',
		message: 'RunComfy does not accept the API token.',
		description: [
			"Check 'API Token' in the RunComfy credential: it may be mistyped, revoked or of another account.",
			"RunComfy's words: UserAccountError – Token missing, expired or revoked.",
		],
		error: { submitted: 'no', error_code: 400004, http_status: 401 },
		// n8n sends what is answered with a 401 a second time, if it is let.
		submits: 1,
	},
	'a base URL that is none': {
		operation: 'create',
		credential: 'no URL',
		message: "'Base URL' of the RunComfy credential is 'model-api.runcomfy.net', which is no URL.",
		description: ['Open the credential and set it to https://model-api.runcomfy.net.'],
		error: NO,
	},
	'nobody at the base URL': {
		operation: 'create',
		credential: 'nobody there',
		message: 'RunComfy could not be reached, so nothing was bought.',
		description: [
			"Check the internet connection of n8n and 'Base URL' of the credential, then run again.",
			'Technical detail: connect ECONNREFUSED 127.0.0.1:9',
		],
		error: NO,
	},
	'a server without TLS': {
		operation: 'create',
		credential: 'no TLS',
		message: 'The server that answered for RunComfy does not speak HTTPS, so nothing was bought.',
		description: [
			"Check 'Base URL' of the credential and its port. Check 'Proxy' under 'Request Options', and HTTPS_PROXY on the n8n server.",
			'Technical detail: write EPROTO',
		],
		error: NO,
	},
	'a request id that RunComfy does not know': {
		operation: 'waitForCompletion',
		parameters: { requestId: 'no-such-request' },
		message:
			'RunComfy does not know this request: it never existed, was deleted or has expired (request no-such-request).',
		description: [
			"Check 'Request ID', and look at Generations on runcomfy.com.",
			"RunComfy's words: ResourceNotFound – Nonexistent, deleted or expired.",
		],
		error: {
			submitted: 'unknown',
			request_id: 'no-such-request',
			error_code: 404001,
			http_status: 404,
		},
	},
	'a request id with odd characters': {
		operation: 'getStatus',
		parameters: { requestId: '../models?<b>x' },
		message: "'Request ID' can only have letters, digits, - and _ (got '../models?<b>x').",
		description: [USE_ID],
		error: NO,
	},
	'no request id': {
		operation: 'cancel',
		message: "'Request ID' is empty.",
		description: [USE_ID],
		error: NO,
	},
	'an empty prompt': {
		operation: 'generate',
		prompt: ' ',
		message: "'Prompt' is empty. Write what happens in the clip.",
		description: NOTHING_BOUGHT,
		error: NO,
	},
	// n8n puts a sentence of its own in the place of a message with EEXIST or EPERM in it.
	'a missing file whose name n8n takes for an error code': {
		operation: 'generate',
		parameters: {
			referenceImages: { image: [{ source: 'binary', binaryPropertyName: 'preexisting' }] },
		},
		message:
			"'Input Data Field Name': the item has no file 'pre\u2060existing'. It has no files at all: check what the previous node returns.",
		description: NOTHING_BOUGHT,
		error: NO,
	},
	'a value that n8n takes for an error code': {
		operation: 'generate',
		parameters: { aspectRatio: 'EPERM' },
		message: "'Aspect Ratio' must be one of 16:9, 9:16, 1:1 (got 'E\u2060PERM').",
		description: NOTHING_BOUGHT,
		error: NO,
	},
	'inputs that RunComfy rejects': {
		operation: 'create',
		faults: [
			{
				on: 'submit',
				status: 422,
				body: { detail: [{ loc: ['body', 'images', 0], msg: 'not reachable' }] },
			},
		],
		message: 'RunComfy rejected the inputs of this order.',
		description: [
			'Correct what it names, then run again.',
			"RunComfy's words: images.0: not reachable",
		],
		error: { submitted: 'no', http_status: 422 },
		submits: 1,
	},
	'an answer to the submit that is lost': {
		operation: 'generate',
		faults: [{ on: 'submit', after: true, reset: true }],
		message: UNKNOWN.message,
		description: [UNKNOWN.wayOut, 'Technical detail: read ECONNRESET'],
		error: { submitted: 'unknown' },
		submits: 1,
	},
	'a job that fails': {
		operation: 'generate',
		plans: [{ outcome: 'failed', jobError: '<b>No face</b> & ETIMEDOUT' }],
		message: 'Request {id} has failed: RunComfy could not make this video.',
		description: [
			'Change the prompt or the references as the reason says, then order it anew with Generate or Create.',
			"RunComfy's words: &lt;b&gt;No face&lt;/b&gt; &amp; ETIMEDOUT",
		],
		error: { submitted: 'yes', request_id: '{id}', status: 'failed' },
		text: "Request {id} has failed: RunComfy could not make this video. Change the prompt or the references as the reason says, then order it anew with Generate or Create. RunComfy's words: <b>No face</b> & ETIMEDOUT",
		submits: 1,
	},
	'an output without a video': {
		operation: 'generate',
		plans: [{ output: 'text', jobError: '{"errors":[{"message":"moderated","code":"M1"}]}' }],
		message: 'Request {id} is completed, but RunComfy returned no video for it.',
		description: [
			'Look at Generations on runcomfy.com: if the video is there, download it there. Should it still come, Wait for Completion with the request ID fetches it.',
			"RunComfy's words: moderated (M1)",
			'Output: {&quot;text&quot;:&quot;no file&quot;}',
		],
		error: {
			submitted: 'yes',
			request_id: '{id}',
			status: 'completed',
			output: { text: 'no file' },
		},
		text: "Request {id} is completed, but RunComfy returned no video for it. Look at Generations on runcomfy.com: if the video is there, download it there. Should it still come, Wait for Completion with the request ID fetches it. RunComfy's words: moderated (M1)",
		submits: 1,
	},
	'a video that is gone': {
		operation: 'generate',
		faults: [{ on: 'file', status: 410, times: -1 }],
		message: 'The video of request {id} is gone from its host.',
		description: [
			'It was paid for, but cannot be fetched any more. Look at Generations on runcomfy.com; to have it made again is a new purchase.',
			'Technical detail: HTTP status 410',
			'Video: {url}/files/{id}.mp4',
		],
		error: {
			submitted: 'yes',
			request_id: '{id}',
			status: 'completed',
			video_url: '{url}/files/{id}.mp4',
			http_status: 410,
		},
		text: 'The video of request {id} is gone from its host. It was paid for, but cannot be fetched any more. Look at Generations on runcomfy.com; to have it made again is a new purchase. Technical detail: HTTP status 410',
		submits: 1,
	},
	'a job that takes too long': {
		operation: 'generate',
		parameters: { waitOptions: { timeout: 0.5, pollInterval: 10 } },
		plans: [{ queueMs: 0, runMs: 60_000 }],
		message: 'Request {id} was still in_progress after 0.5 s.',
		description: [
			"It goes on at RunComfy and is not lost. Fetch it with Wait for Completion and its request ID. Or raise 'Timeout (Seconds)' under Wait Options.",
		],
		error: { submitted: 'yes', request_id: '{id}', status: 'in_progress' },
		text: "Request {id} was still in_progress after 0.5 s. It goes on at RunComfy and is not lost. Fetch it with Wait for Completion and its request ID. Or raise 'Timeout (Seconds)' under Wait Options.",
		submits: 1,
	},
};
