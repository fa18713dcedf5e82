import type { Movie } from './movie';
import type { Box } from './movieBoxes';
import type { Parser } from './parse';

/** The track of a fragment (tfhd), and what its samples take by default. */
export function fragmentIn(movie: Movie, tfhd: Buffer): Movie['fragment'] {
	const flags = tfhd.readUIntBE(1, 3);
	const id = tfhd.readUInt32BE(4);
	const at = 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
	return {
		track: movie.tracks.find((track) => track.id === id),
		sampleDuration: flags & 0x8 ? tfhd.readUInt32BE(at) : (movie.sampleDurations.get(id) ?? 0),
	};
}

/** A run of samples in a fragment. */
export function* readRun({ fragment }: Movie, { body, end }: Box): Parser {
	if (!fragment?.track || body + 8 > end) return;
	const head = yield { at: body, length: 8 };
	const flags = head.readUIntBE(1, 3);
	const count = head.readUInt32BE(4);
	if (!(flags & 0x100)) {
		fragment.track.fragments += count * fragment.sampleDuration;
		return;
	}
	const first = body + 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0);
	// duration, size, flags and offset of each sample, as far as the run has them
	const fields = [0x100, 0x200, 0x400, 0x800].filter((field) => flags & field).length;
	const last = Math.min(end - 4, first + (count - 1) * fields * 4);
	for (let at = first; at <= last; at += fields * 4)
		fragment.track.fragments += (yield { at, length: 4 }).readUInt32BE(0);
}

/** An index of fragments (sidx): how long they are, and where the last one ends. */
export function* readIndex({ body, end }: Box): Parser<{ seconds: number; end: number }> {
	const start = yield { at: body, length: Math.min(32, end - body) };
	const head = Buffer.concat([start], 32);
	const isWide = head[0] === 1;
	const timescale = head.readUInt32BE(8);
	let [duration, reach] = [
		0,
		end + (isWide ? Number(head.readBigUInt64BE(20)) : head.readUInt32BE(16)),
	];
	const count = head.readUInt16BE(isWide ? 30 : 22);
	let at = body + (isWide ? 32 : 24);
	for (let index = 0; index < count && at + 8 <= end; index++, at += 12) {
		const entry = yield { at, length: 8 };
		reach += entry.readUInt32BE(0) & 0x7fffffff;
		duration += entry.readUInt32BE(4);
	}
	return { seconds: timescale > 0 ? duration / timescale : 0, end: reach };
}
