// What n8n's OpenAI node needs of OpenAI's videos API (https://platform.openai.com/docs/api-reference/videos),
// with the jobs and the files of the RunComfy simulator: create, retrieve, content.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { fileChunks, fileSize } from '../simulator/files.mts';

interface Job {
	id: string;
	/** Whatever the prompt holds: the benchmark finds its job by it. */
	prompt: string;
	/** Unix time in milliseconds. */
	endsAtMs: number;
}

const { values } = parseArgs({
	options: { 'run-ms': { type: 'string', default: '0' }, 'file-bytes': { type: 'string' } },
});
const bytes = fileSize(
	values['file-bytes'] === undefined ? undefined : Number(values['file-bytes']),
);
const jobs: Job[] = [];
/** Milliseconds that the next jobs take, one after another; then the usual time again. */
let times: number[] = [];

async function create(request: IncomingMessage): Promise<object> {
	// The small fields of the form come before the file, which nobody keeps.
	let head = '';
	for await (const chunk of request) if (head.length < 4096) head += chunk.toString('latin1');
	const prompt = /name="prompt"\r\n\r\n([^\r]*)/.exec(head)?.[1] ?? '';
	const runMs = times.shift() ?? Number(values['run-ms']);
	const job = { id: `video_${jobs.length + 1}`, prompt, endsAtMs: Date.now() + runMs };
	jobs.push(job);
	return { id: job.id, object: 'video', status: 'queued' };
}

function send(response: ServerResponse, json: object | undefined): void {
	response.writeHead(json ? 200 : 404, { 'content-type': 'application/json' });
	response.end(JSON.stringify(json ?? { error: { message: 'Not found' } }));
}

const server = createServer(async (request, response) => {
	const { method, url = '' } = request;
	if (method === 'POST' && url === '/v1/videos') return send(response, await create(request));
	if (url === '/_simulator/jobs') return send(response, jobs);
	if (url === '/_simulator/times') {
		times = JSON.parse((await request.toArray()).join(''));
		return send(response, {});
	}
	const [, id, content] = /^\/v1\/videos\/([^/]+)(\/content)?$/.exec(url) ?? [];
	const job = jobs.find((candidate) => candidate.id === id);
	const isOver = job && Date.now() >= job.endsAtMs;
	if (content && isOver) {
		response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes });
		Readable.from(fileChunks(bytes, 0, bytes)).pipe(response);
		return;
	}
	const status = isOver ? 'completed' : 'in_progress';
	send(response, job && { id, object: 'video', status });
});

server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	if (typeof address === 'object') console.log(`simulator: http://127.0.0.1:${address?.port}`);
});
