import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { at, inShort, isRefusal, type Answer, type Api } from './api.mts';
import { follow, type Followed } from './follow.mts';
import { judge, type Finding } from './finding.mts';
import { cancelled } from './cancelled.mts';
import { ORDER, STANDARD } from './order.mts';

// What the node itself makes of a word or an output.
const require = createRequire(import.meta.url);
const { phaseOf } = require('../dist/nodes/RunComfy/api/states.js');
const { videoUrlOf } = require('../dist/nodes/RunComfy/wait/results.js');

const IMAGE = new URL('../test/fixtures/media/photo.jpg', import.meta.url);
const POLL_MS = 2_000;

/** The questions that cost up to three clips of 3 seconds; `link` is an image that RunComfy can reach. */
export async function* paid(api: Api, link: string, pollMs = POLL_MS): AsyncGenerator<Finding> {
	yield* cancelled(api, pollMs);
	const data = `data:image/jpeg;base64,${(await readFile(IMAGE)).toString('base64')}`;
	yield* clip(api, 'as a data URI', data, pollMs);
	yield* clip(api, 'by a link', link, pollMs);
}

async function* clip(
	api: Api,
	how: string,
	image: string,
	pollMs: number,
): AsyncGenerator<Finding> {
	const prompt = 'Figure 1 stands still in soft light';
	const submit = await api.call(`/v1/models/${STANDARD}`, {
		body: { ...ORDER, prompt, images: [image] },
	});
	const id = at(submit.body, 'request_id');
	yield judge(
		`Does the model take an image ${how}?`,
		'HTTP 200 or 202 with a request_id',
		id === undefined ? inShort(submit) : `HTTP ${submit.status}, ${keys(submit)}`,
		[
			{ holds: id !== undefined && submit.status < 300, node: 'waits for it' },
			{
				holds: isRefusal(submit) && submit.status < 500,
				node: "sends it the other way if 'Send Files As' is Automatic and n8n can; else says why it was refused",
			},
		],
	);
	if (id === undefined) return;
	const seen = await follow(api, String(id), pollMs);
	yield* told(how, seen);
	yield* delivered(api, how, seen);
}

function* told(how: string, { status, result, early, costMs }: Followed): Generator<Finding> {
	const known = (words: string[]) => words.every((word) => phaseOf(word) !== 'unknown');
	yield judge(
		`What are the words of the status (${how})?`,
		'in_queue, in_progress, completed',
		status.join(', '),
		[
			{
				holds: status.every((word) => ['in_queue', 'in_progress', 'completed'].includes(word)),
				node: 'follows them',
			},
			{ holds: known(status), node: 'knows the others, too' },
			{
				holds: true,
				node: 'takes a word that it does not know for busy, until the result or the time tells',
			},
		],
	);
	yield judge(
		`… and how does the result call its end?`,
		'succeeded',
		result.join(', ') || 'no end within 30 minutes',
		[
			{ holds: result.join() === 'succeeded', node: 'puts the clip out' },
			{
				holds: result.length > 0,
				node: `goes by what it means: ${result.map(phaseOf).join(', ')}`,
			},
		],
	);
	const lines = [...early];
	yield judge(
		'… and before its end?',
		'HTTP 200 with its status',
		lines.join('; ') || 'never read before it',
		[
			{ holds: lines.every((line) => line.startsWith('HTTP 200')), node: 'waits on' },
			{
				holds: lines.every((line) => line.startsWith('HTTP 200') || line.includes('400005')),
				node: 'takes 400005 for not yet',
			},
		],
	);
	yield judge(
		'… and when is the cost there?',
		'at once',
		costMs === undefined ? 'not within a minute' : `after ${Math.round(costMs / 1000)} s`,
		[
			{ holds: costMs !== undefined && costMs < 1000, node: 'puts it out as cost_usd' },
			{ holds: true, node: 'leaves cost_usd null; Wait for Completion reads it later' },
		],
	);
}

async function* delivered(api: Api, how: string, { last }: Followed): AsyncGenerator<Finding> {
	const output = at(last.body, 'output');
	const url: string | undefined = videoUrlOf(output);
	const shape = JSON.stringify(output ?? null)?.replace(/"[a-z]+:\/\/[^"]*"/g, 'URL');
	yield judge(`What does the output look like (${how})?`, '{"video":URL}', String(shape), [
		{ holds: shape === '{"video":URL}', node: 'downloads it' },
		{ holds: url !== undefined, node: 'finds the clip in it' },
		{
			holds: phaseOf(at(last.body, 'status')) !== 'completed',
			node: 'looks for none: says how the request ended',
		},
		{
			holds: at(last.body, 'error') != null,
			node: `says why there is none: ${JSON.stringify(at(last.body, 'error'))}`,
		},
	]);
	if (url === undefined) return;
	const { hostname, origin } = new URL(url);
	// Without the token, as the node does.
	const file = await fetch(url, { signal: AbortSignal.timeout(60_000) });
	await file.body?.cancel();
	const isOwn =
		/(^|\.)runcomfy\.(net|com)$/.test(hostname) || origin === new URL(api.baseUrl).origin;
	yield judge(
		'… and where does the file come from?',
		'HTTP 200 from a host of RunComfy, video/mp4 with its length',
		`HTTP ${file.status} from ${hostname}, ${file.headers.get('content-type') ?? 'no type'}, ${file.headers.get('content-length') ?? 'no'} bytes`,
		[
			{
				holds:
					isOwn &&
					file.ok &&
					file.headers.get('content-type') === 'video/mp4' &&
					file.headers.has('content-length'),
				node: 'downloads and checks it',
			},
			{ holds: isOwn && file.ok, node: 'downloads it, and goes by its first bytes' },
			{
				holds: !isOwn,
				node: 'downloads from hosts of RunComfy only: says to fetch video_url with an HTTP Request node',
			},
		],
	);
}

const keys = ({ body }: Answer): string => Object.keys(body ?? {}).join(', ');
