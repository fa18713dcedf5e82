import assert from 'node:assert/strict';
import { request } from 'node:http';
import { beforeEach, describe, test } from 'node:test';
import { media } from '../../fixtures/media.mts';
import { buy } from '../../support/buy.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import { CLIP, call, last } from './calls.mts';

describe('files', () => {
	const fileBytes = CLIP.length + 700_000;
	withSimulator({ fileBytes });

	let path: string;
	let etag: string;
	beforeEach(async () => {
		const id = await buy(simulator);
		path = `/files/${id}.mp4`;
		etag = `"${id}-${fileBytes}"`;
	});

	async function download(headers: Record<string, string> = {}, method = 'GET') {
		const response = await fetch(simulator.url + path, { method, headers });
		const bytes = Buffer.from(await response.arrayBuffer());
		return { http: response.status, headers: response.headers, bytes };
	}

	test('a whole file is the clip and a free box', async () => {
		const { http, headers, bytes } = await download();
		assert.equal(http, 200);
		assert.equal(headers.get('content-length'), String(fileBytes));
		assert.equal(headers.get('content-type'), 'video/mp4');
		assert.equal(headers.get('etag'), etag);
		assert.equal(headers.get('accept-ranges'), 'bytes');
		assert.equal(bytes.length, fileBytes);
		assert.ok(bytes.subarray(0, CLIP.length).equals(CLIP));
		assert.equal(bytes.readUInt32BE(CLIP.length), 700_000);
		assert.equal(bytes.toString('latin1', CLIP.length + 4, CLIP.length + 8), 'free');
		assert.equal((await download({}, 'HEAD')).headers.get('content-length'), String(fileBytes));
	});

	test('a job can have a size of its own', async () => {
		simulator.planJobs({ fileBytes: CLIP.length + 8 });
		path = `/files/${await buy(simulator)}.mp4`;
		assert.equal((await download()).bytes.length, CLIP.length + 8);
		assert.throws(() => simulator.planJobs({ fileBytes: 5 }), /fileBytes/);
	});

	test('ranges, alone and tied to a version', async () => {
		const whole = (await download()).bytes;
		const ranges: Array<[string, number, number]> = [
			['bytes=0-9', 0, 10],
			[`bytes=${CLIP.length - 3}-${CLIP.length + 5}`, CLIP.length - 3, CLIP.length + 6],
			[`bytes=${CLIP.length + 4}-`, CLIP.length + 4, fileBytes],
			['bytes=-100', fileBytes - 100, fileBytes],
			[`bytes=5-${fileBytes * 2}`, 5, fileBytes],
		];
		for (const [range, from, to] of ranges) {
			const { http, headers, bytes } = await download({ range, 'if-range': etag });
			assert.equal(http, 206);
			assert.equal(headers.get('content-range'), `bytes ${from}-${to - 1}/${fileBytes}`);
			assert.ok(bytes.equals(whole.subarray(from, to)), range);
			assert.equal(last().range, range);
		}
		assert.equal((await download({ range: 'bytes=5-', 'if-range': '"old"' })).http, 200);
		assert.equal((await download({ range: 'bytes=0-1,5-6' })).http, 200);
		const beyond = await download({ range: `bytes=${fileBytes}-` });
		assert.equal(beyond.http, 416);
		assert.equal(beyond.headers.get('content-range'), `bytes */${fileBytes}`);
	});

	test('only finished jobs have a file', async () => {
		simulator.planJobs({ outcome: 'failed' });
		assert.equal((await call(`/files/${await buy(simulator)}.mp4`)).http, 404);
		assert.equal((await call('/files/unknown.mp4')).http, 404);
	});

	test('redirects, types, ignored ranges, empty files and errors', async () => {
		simulator.addFaults(
			{ on: 'file', redirect: `${path}?moved` },
			{ on: 'file', skip: 1, contentType: 'text/html' },
			{ on: 'file', skip: 2, ignoreRange: true },
			{ on: 'file', skip: 3, empty: true },
			{ on: 'file', skip: 4, status: 403 },
		);
		assert.equal((await download()).headers.get('content-type'), 'text/html');
		assert.match(last().path, /\?moved$/);
		assert.equal((await download({ range: 'bytes=5-' })).http, 200);
		const empty = await download();
		assert.deepEqual([empty.http, empty.bytes.length], [200, 0]);
		assert.equal((await download()).http, 403);
	});

	/** Node's own client, which shows what came before a connection broke. */
	const received = () =>
		new Promise<{ bytes: number; whole: boolean } | Error>((resolve) => {
			const client = request(simulator.url + path, { agent: false }, (response) => {
				let bytes = 0;
				response.on('data', (chunk) => (bytes += chunk.length));
				response.on('error', () => undefined);
				response.on('close', () => resolve({ bytes, whole: response.complete }));
			});
			client.on('error', resolve).end();
		});

	test('broken downloads', async () => {
		simulator.addFaults({ on: 'file', breakAt: 1000 }, { on: 'file', announce: fileBytes + 10 });
		assert.deepEqual(await received(), { bytes: 1000, whole: false });
		assert.equal(last().answered, undefined);
		assert.equal(last().aborted, undefined);
		assert.deepEqual(await received(), { bytes: fileBytes, whole: false });
		simulator.addFaults({ on: 'file', announce: 1000 });
		// More bytes than announced are a protocol error to Node's client
		assert.match(String(await received()), /Data after `Connection: close`/);
		assert.deepEqual(await received(), { bytes: fileBytes, whole: true });
	});
});

describe('files to refer to', () => {
	withSimulator();

	const get = async (name: string, headers: Record<string, string> = {}) => {
		const response = await fetch(`${simulator.url}/references/${name}`, { headers });
		return { response, bytes: Buffer.from(await response.arrayBuffer()) };
	};

	for (const [name, type, file] of [
		['person.jpg?a=1', 'image/jpeg', 'photo.jpg'],
		['cup.png', 'image/png', 'photo.png'],
		['motion.mp4', 'video/mp4', 'clip.mp4'],
	])
		test(`${name} is ${file}, whole or in part`, async () => {
			const whole = await get(name);
			assert.equal(whole.response.headers.get('content-type'), type);
			assert.ok(whole.bytes.equals(media(file)));
			const part = await get(name, { range: 'bytes=0-9' });
			assert.equal(part.response.status, 206);
			const range = `bytes 0-9/${whole.bytes.length}`;
			assert.equal(part.response.headers.get('content-range'), range);
			assert.ok(part.bytes.equals(whole.bytes.subarray(0, 10)));
			assert.equal(last().kind, 'reference');
		});
});
