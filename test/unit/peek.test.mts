import { Readable } from 'node:stream';
import { peek } from '../../dist/nodes/RunComfy/n8n/downloadStream.js';

type Stream = Parameters<typeof peek>[0];

const WANTED = 100;
const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, at) => at % 251));

/** A stream that gets these pieces one after another, each in a tick of its own. */
function streamOf(pieces: Buffer[], end: 'end' | 'break' | 'open' = 'end') {
	const stream = new Readable({ read() {} });
	void (async () => {
		for (const piece of pieces) {
			await new Promise(setImmediate);
			stream.push(piece);
		}
		await new Promise(setImmediate);
		if (end === 'end') stream.push(null);
		if (end === 'break') stream.destroy(new Error('aborted by the host'));
	})();
	return stream;
}

const look = async (stream: Readable) => await peek(stream as unknown as Stream, WANTED);

const readers: Record<string, (stream: Readable) => Promise<Buffer>> = {
	'by iteration': async (stream) => Buffer.concat(await stream.toArray()),
	'by events': async (stream) =>
		await new Promise((resolve, reject) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => resolve(Buffer.concat(chunks)));
			stream.on('error', reject);
		}),
};

describe('a look at the first bytes of a stream', () => {
	for (const [title, read] of Object.entries(readers))
		for (const sizes of [[1000], [WANTED], [1, 99, 900], [60, 60], [5000, 70_000, 3]])
			test(`of ${sizes.join(' + ')} leaves all of it, read ${title}`, async () => {
				const whole = bytesOf(sizes.reduce((sum, size) => sum + size, 0));
				let at = 0;
				const stream = streamOf(sizes.map((size) => whole.subarray(at, (at += size))));
				const { head, isWhole } = await look(stream);
				expect(isWhole).toBeFalsy();
				expect(head.length).toBeGreaterThanOrEqual(WANTED);
				expect(head.equals(whole.subarray(0, head.length))).toBe(true);
				expect((await read(stream)).equals(whole)).toBe(true);
			});

	test('of bytes that had all come before leaves all of them', async () => {
		const stream = new Readable({ read() {} });
		stream.push(bytesOf(300));
		stream.push(null);
		expect((await look(stream)).head).toHaveLength(300);
		expect((await readers['by iteration'](stream)).equals(bytesOf(300))).toBe(true);
	});

	for (const sizes of [[], [1], [50, 49]])
		test(`of a stream that ends before (${sizes.join(' + ')}) is all of it`, async () => {
			const length = sizes.reduce((sum, size) => sum + size, 0);
			const { head, isWhole } = await look(streamOf(sizes.map((size) => bytesOf(size))));
			expect([head.length, isWhole]).toStrictEqual([length, true]);
		});

	test('of a connection that breaks fails as it does', async () => {
		await expect(look(streamOf([bytesOf(5)], 'break'))).rejects.toThrow(/aborted by the host/);
		const stream = streamOf([bytesOf(5)], 'open');
		setImmediate(() => setImmediate(() => stream.destroy()));
		await expect(look(stream)).rejects.toThrow(/aborted/);
	});
});
