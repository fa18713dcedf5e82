import { request } from 'node:http';
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
		expect(http).toBe(200);
		expect(headers.get('content-length')).toBe(String(fileBytes));
		expect(headers.get('content-type')).toBe('video/mp4');
		expect(headers.get('etag')).toBe(etag);
		expect(headers.get('accept-ranges')).toBe('bytes');
		expect(bytes.length).toBe(fileBytes);
		expect(bytes.subarray(0, CLIP.length).equals(CLIP)).toBe(true);
		expect(bytes.readUInt32BE(CLIP.length)).toBe(700_000);
		expect(bytes.toString('latin1', CLIP.length + 4, CLIP.length + 8)).toBe('free');
		expect((await download({}, 'HEAD')).headers.get('content-length')).toBe(String(fileBytes));
	});

	test('a job can have a size of its own', async () => {
		simulator.planJobs({ fileBytes: CLIP.length + 8 });
		path = `/files/${await buy(simulator)}.mp4`;
		expect((await download()).bytes.length).toBe(CLIP.length + 8);
		expect(() => simulator.planJobs({ fileBytes: 5 })).toThrow(/fileBytes/);
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
			expect(http).toBe(206);
			expect(headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${fileBytes}`);
			expect([range, bytes.equals(whole.subarray(from, to))]).toStrictEqual([range, true]);
			expect(last().range).toBe(range);
		}
		expect((await download({ range: 'bytes=5-', 'if-range': '"old"' })).http).toBe(200);
		expect((await download({ range: 'bytes=0-1,5-6' })).http).toBe(200);
		const beyond = await download({ range: `bytes=${fileBytes}-` });
		expect(beyond.http).toBe(416);
		expect(beyond.headers.get('content-range')).toBe(`bytes */${fileBytes}`);
	});

	test('only finished jobs have a file', async () => {
		simulator.planJobs({ outcome: 'failed' });
		expect((await call(`/files/${await buy(simulator)}.mp4`)).http).toBe(404);
		expect((await call('/files/unknown.mp4')).http).toBe(404);
	});

	test('redirects, types, ignored ranges, empty files and errors', async () => {
		simulator.addFaults(
			{ on: 'file', redirect: `${path}?moved` },
			{ on: 'file', skip: 1, contentType: 'text/html' },
			{ on: 'file', skip: 2, ignoreRange: true },
			{ on: 'file', skip: 3, empty: true },
			{ on: 'file', skip: 4, status: 403 },
		);
		expect((await download()).headers.get('content-type')).toBe('text/html');
		expect(last().path).toMatch(/\?moved$/);
		expect((await download({ range: 'bytes=5-' })).http).toBe(200);
		const empty = await download();
		expect([empty.http, empty.bytes.length]).toStrictEqual([200, 0]);
		expect((await download()).http).toBe(403);
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
		expect(await received()).toStrictEqual({ bytes: 1000, whole: false });
		expect(last().answered).toBeUndefined();
		expect(last().aborted).toBeUndefined();
		expect(await received()).toStrictEqual({ bytes: fileBytes, whole: false });
		simulator.addFaults({ on: 'file', announce: 1000 });
		// More bytes than announced are a protocol error to Node's client
		expect(String(await received())).toMatch(/Data after `Connection: close`/);
		expect(await received()).toStrictEqual({ bytes: fileBytes, whole: true });
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
			expect(whole.response.headers.get('content-type')).toBe(type);
			expect(whole.bytes.equals(media(file))).toBe(true);
			const part = await get(name, { range: 'bytes=0-9' });
			expect(part.response.status).toBe(206);
			const range = `bytes 0-9/${whole.bytes.length}`;
			expect(part.response.headers.get('content-range')).toBe(range);
			expect(part.bytes.equals(whole.bytes.subarray(0, 10))).toBe(true);
			expect(last().kind).toBe('reference');
		});
});
