// The floor: what moving the same bytes costs Node.js alone. Prints its seconds of processor time.
//   bareScript.mts up <url> <file> <count> <heap>     one JSON body with a data URI each, as the node sends
//   bareScript.mts down <url> <file> <count> <heap>   one file on disk each
// <heap> is how many MB of other objects the process holds, as n8n does: V8 looks through all of them
// after every 64 MB or so that pass through buffers.
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DEFAULT_TOKEN } from '../test/simulator/index.mts';

const HEAD = '{"prompt":"The scene, but at night","duration":5,"video":"data:video/mp4;base64,';
const TAIL = '"}';
/** Base64 has four characters for three bytes, so chunks are cut to a multiple of three. */
const CHUNK_BYTES = 3 * 16 * 1024;

async function* bodyOf(file: string): AsyncGenerator<Buffer> {
	yield Buffer.from(HEAD);
	for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }))
		yield Buffer.from((chunk as Buffer).toString('base64'), 'latin1');
	yield Buffer.from(TAIL);
}

async function exchange(url: string, options: RequestOptions, body?: Readable) {
	const call = request(url, options);
	const answered = new Promise<IncomingMessage>((resolve, reject) => {
		call.on('response', resolve).on('error', reject);
	});
	if (body) await pipeline(body, call);
	else call.end();
	const response = await answered;
	if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode}`);
	return response;
}

async function up(url: string, file: string): Promise<void> {
	const headers = {
		authorization: `Bearer ${DEFAULT_TOKEN}`,
		'content-type': 'application/json',
		'content-length': HEAD.length + 4 * Math.ceil(statSync(file).size / 3) + TAIL.length,
	};
	const response = await exchange(url, { method: 'POST', headers }, Readable.from(bodyOf(file)));
	await response.resume().toArray();
}

async function down(url: string, file: string): Promise<void> {
	await pipeline(await exchange(url, {}), createWriteStream(file));
}

function fill(megabytes: number): object[] {
	const objects: object[] = [];
	while (process.memoryUsage().heapUsed < megabytes * 1e6)
		for (let n = 0; n < 1000; n++) objects.push({ name: `object ${n}`, values: [n, n + 1] });
	return objects;
}

const [direction, url, file, count, heap] = process.argv.slice(2);
const others = fill(Number(heap));
const before = process.cpuUsage();
const move = direction === 'up' ? up : down;
for (let done = 0; done < Number(count); done++) await move(url, file);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6, others.length);
