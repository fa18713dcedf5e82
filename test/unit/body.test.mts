import fc from 'fast-check';
import { decodedBytes } from '../../dist/nodes/RunComfy/order/files/base64.js';
import {
	filesIn,
	FileValue,
	RequestBody,
	type InputValue,
} from '../../dist/nodes/RunComfy/order/body.js';
import { FILE_TYPES } from '../../dist/nodes/RunComfy/order/files/fileType.js';

type Context = ConstructorParameters<typeof RequestBody>[0];

/** Files on disk, each read in chunks of a size that changes from chunk to chunk. */
function disk(files: Record<string, Buffer>, chunkSizes: number[]): Context {
	const getBinaryStream = async function* (id: string) {
		for (let at = 0, chunk = 0; at < files[id].length; chunk++) {
			const size = chunkSizes[chunk % chunkSizes.length];
			yield files[id].subarray(at, at + size);
			at += size;
		}
	};
	return { helpers: { getBinaryStream } } as unknown as Context;
}

const noDisk = disk({}, [1]);

const stored = (id: string, bytes: number) => {
	const binary = { id, data: 'filesystem-v2', mimeType: 'x/y' };
	return new FileValue({ item: 0, name: id, binary, bytes, digest: '' });
};

const held = (data: string) =>
	new FileValue({
		item: 0,
		name: 'x',
		binary: { data, mimeType: 'x/y' },
		bytes: decodedBytes(data),
		digest: '',
		type: FILE_TYPES.png,
	});

async function sent(body: RequestBody): Promise<Buffer> {
	const pieces: Uint8Array[] = [];
	for await (const piece of body.stream()) pieces.push(piece);
	return Buffer.concat(pieces);
}

/** What arrives, after its length was compared with what was announced. */
async function received(body: RequestBody) {
	const bytes = await sent(body);
	expect(bytes.length).toBe(body.size);
	return JSON.parse(bytes.toString());
}

const uri = (mime: string, bytes: Buffer) => `data:${mime};base64,${bytes.toString('base64')}`;

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const withLoneSurrogates = fc
	.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
	.map((units) => String.fromCharCode(...units));
const text = fc.oneof(anyText, withLoneSurrogates);

/** As `JSON.parse(JSON.stringify(value))`, without halves of characters. */
const wellFormed = (value: InputValue) =>
	JSON.parse(
		JSON.stringify(value).replace(
			/\\\\|\\u(d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/gi,
			(escape, half) => (half ? '' : escape),
		),
	);

test('any prompt arrives as it is, but for halves of characters, and its length is known before', async () => {
	await fc.assert(
		fc.asyncProperty(text, text, fc.jsonValue(), async (prompt, key, extra) => {
			const inputs = { prompt, [key]: extra } as InputValue;
			expect(await received(new RequestBody(noDisk, inputs))).toStrictEqual(wellFormed(inputs));
		}),
	);
});

test('a file on disk arrives as it is, whatever chunks it is read in', async () => {
	const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), sizes, async (array, chunks) => {
			const bytes = Buffer.from(array);
			const body = new RequestBody(disk({ a: bytes }, chunks), {
				images: [stored('a', bytes.length)],
			});
			expect(await received(body)).toStrictEqual({ images: [uri('x/y', bytes)] });
		}),
	);
});

describe('base64 that is in memory already', () => {
	const forms: Array<[string, (base64: string) => string]> = [
		['padded', (base64) => base64],
		['without padding', (base64) => base64.replace(/=/g, '')],
		['in the URL alphabet', (base64) => base64.replace(/\+/g, '-').replace(/\//g, '_')],
		['with line breaks', (base64) => base64.replace(/.{3}/g, '$&\r\n')],
		['with a line break at the end', (base64) => `${base64}\n`],
	];
	test.each(forms)('%s', async (_title, written) => {
		for (let length = 0; length <= 10; length++) {
			const bytes = Buffer.alloc(length, Buffer.from('fbefbeff3e3f', 'hex'));
			const body = new RequestBody(noDisk, { images: [held(written(bytes.toString('base64')))] });
			expect(await received(body)).toStrictEqual({ images: [uri('image/png', bytes)] });
		}
	});

	test('goes out in pieces', async () => {
		const bytes = Buffer.alloc(100_000, 'n8n');
		const body = new RequestBody(noDisk, { images: [held(bytes.toString('base64'))] });
		let longest = 0;
		for await (const piece of body.stream()) longest = Math.max(longest, piece.length);
		expect(longest).toBeLessThanOrEqual(64 * 1024);
		expect(await received(body)).toStrictEqual({ images: [uri('image/png', bytes)] });
	});
});

describe('files in the body', () => {
	const url = 'https://example.com/"a".png';

	test('stand in order, beside other values, at any depth', async () => {
		const file = Buffer.from('abcd');
		const input = {
			prompt: 'x',
			images: [url, stored('a', 4), held('YQ==')],
			video: stored('a', 4),
			shots: [{ first: stored('a', 4), seconds: 3 }],
		};
		expect(await received(new RequestBody(disk({ a: file }, [3]), input))).toStrictEqual({
			prompt: 'x',
			images: [url, uri('x/y', file), 'data:image/png;base64,YQ=='],
			video: uri('x/y', file),
			shots: [{ first: uri('x/y', file), seconds: 3 }],
		});
	});

	test('are left out where there are none', async () => {
		const input = { prompt: 'x', images: undefined };
		expect(await received(new RequestBody(noDisk, input))).toStrictEqual({ prompt: 'x' });
		expect(await received(new RequestBody(noDisk, {}))).toStrictEqual({});
	});
});

test.each([4, 6])(
	'a file of 5 bytes that should have %s is named, and its body stays incomplete',
	async (claimed) => {
		const body = new RequestBody(disk({ a: Buffer.from('hello') }, [2]), {
			images: [stored('a', claimed)],
		});
		await expect(sent(body)).rejects.toThrow(/^File 'a' could not be read to its end/);
		expect(body.complete).toBe(false);
		expect(body.unreadable?.details.submitted).toBe('no');
	},
);

test('a connection that breaks does not count against the file', async () => {
	const body = new RequestBody(disk({ a: Buffer.from('hello') }, [3]), {
		images: [stored('a', 5)],
	});
	const pieces = body.stream() as unknown as AsyncGenerator<Buffer>;
	while (!(await pieces.next()).value?.equals(Buffer.from('aGVs')));
	await expect(pieces.throw(new Error('socket hang up'))).rejects.toThrow();
	expect([body.complete, body.unreadable]).toStrictEqual([false, undefined]);
});

test('a body can be sent again, and knows when all of it was taken', async () => {
	const bytes = Buffer.from('hello');
	const body = new RequestBody(disk({ a: bytes }, [2]), { images: [stored('a', 5)] });
	expect(body.complete).toBe(false);
	const first = await sent(body);
	expect(body.complete).toBe(true);
	const again = body.stream()[Symbol.asyncIterator]();
	await again.next();
	expect(body.complete).toBe(false);
	expect(await sent(body)).toStrictEqual(first);
});

test('what still asks for bytes after the end gets no more', async () => {
	const body = new RequestBody(disk({ a: Buffer.from('hello') }, [2]), {
		images: [stored('a', 5), stored('a', 5)],
	});
	const early = body.stream() as unknown as AsyncGenerator<Buffer>;
	let bytes = (await early.next()).value!.length;
	body.end();
	for await (const piece of early) bytes += piece.length;
	expect(bytes).toBeLessThan(body.size);
	expect(body.complete).toBe(false);
});

test('files that have a link are sent as that', async () => {
	const [photo, clip] = [stored('photo', 5), stored('clip', 9)];
	const link = 'https://n8n.example/rest/binary-data/signed?token=a.b.c&name=file.png';
	const body = new RequestBody(
		disk({ clip: Buffer.from('some clip') }, [4]),
		{ images: [photo, 'https://example.com/b.png', photo], video: clip },
		new Map([[photo.file, link]]),
	);
	expect(await received(body)).toStrictEqual({
		images: [link, 'https://example.com/b.png', link],
		video: uri('x/y', Buffer.from('some clip')),
	});
});

test('the files in an input are found with the fields that lead to them', () => {
	const [one, other] = [stored('one', 1), stored('other', 1)];
	const input = { prompt: 'x', images: [one], elements: [{ frontal_image: other }], none: null };
	expect(filesIn(input)).toStrictEqual([
		{ file: one.file, fields: ['images'] },
		{ file: other.file, fields: ['elements', 'frontal_image'] },
	]);
});

test('a body counts as sent when its last bytes are handed out, not when more is asked for', async () => {
	const body = new RequestBody(disk({ a: Buffer.from('hello') }, [2]), {
		images: [stored('a', 5)],
	});
	const pieces = body.stream() as unknown as AsyncGenerator<Buffer>;
	let left = body.size;
	while (left > 0) {
		const { value } = await pieces.next();
		left -= value!.length;
		expect(body.complete).toBe(left === 0);
	}
});
