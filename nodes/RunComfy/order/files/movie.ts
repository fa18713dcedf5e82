import type { Parser } from './parse';

/** What was read of one track; 0 stands for what is not known. */
export class Track {
	id = 0;
	/** vide for pictures, soun for sound. */
	handler?: string;
	/** As players show it, but before it is turned. */
	width = 0;
	height = 0;
	isTurned = false;
	codec?: string;
	timescale = 0;
	duration = 0;
	/** Whether the header lists samples itself; else all are in fragments. */
	hasSamples = false;
	/** Duration of the samples in fragments. */
	fragments = 0;
}

/** What was read of an MP4 or MOV; 0 stands for what is not known. */
export class Movie {
	readonly tracks: Track[] = [];
	timescale = 0;
	duration = 0;
	/** Whether its header, the moov box, was read to the end. */
	hasHeader = false;
	/** Whether that is longer than the head of a file; then it lists samples, which those of fragments don't. */
	hasLongHeader = false;
	hasMedia = false;
	isFragmented = false;
	/** Duration of all fragments. */
	extended = 0;
	/** Seconds of all fragments, from an index that reaches to the end of the file. */
	indexed = 0;
	/** Whether every fragment was read. */
	isWhole = false;
	/** Duration of a sample by track, where its fragment names none. */
	readonly sampleDurations = new Map<number, number>();
	/** What the fragment that is being read belongs to. */
	fragment?: { track?: Track; sampleDuration: number };
}

interface Box {
	type: string;
	/** Position of its content. */
	body: number;
	end: number;
}

const LONG_HEADER = 64 * 1024;
/** More than a real file has; others could fill the memory with them. */
const MAX_TRACKS = 100;

// Boxes of ISO/IEC 14496-12 by the box they are in and their own type

const CONTAINERS = ['moov/trak', 'moov/mvex', 'trak/mdia', 'mdia/minf', 'minf/stbl', 'moof/traf'];

/** How many bytes of a box are read, and how. */
const READERS: Record<string, [length: number, read: (movie: Movie, content: Buffer) => void]> = {
	'moov/mvhd': [32, (movie, mvhd) => Object.assign(movie, timesIn(mvhd))],
	'trak/tkhd': [96, (movie, tkhd) => Object.assign(trackOf(movie), trackHeaderIn(tkhd))],
	'mdia/mdhd': [32, (movie, mdhd) => Object.assign(trackOf(movie), timesIn(mdhd))],
	'mdia/hdlr': [12, (movie, hdlr) => (trackOf(movie).handler = hdlr.toString('latin1', 8))],
	'stbl/stsd': [16, (movie, stsd) => (trackOf(movie).codec = stsd.toString('latin1', 12))],
	'stbl/stts': [8, (movie, stts) => (trackOf(movie).hasSamples = stts.readUInt32BE(4) > 0)],
	'mvex/mehd': [12, (movie, mehd) => (movie.extended = timeAt(mehd, 4))],
	'mvex/trex': [
		16,
		({ sampleDurations }, trex) => {
			if (sampleDurations.size < MAX_TRACKS)
				sampleDurations.set(trex.readUInt32BE(4), trex.readUInt32BE(12));
		},
	],
	'traf/tfhd': [24, (movie, tfhd) => (movie.fragment = fragmentIn(movie, tfhd))],
};

/**
 * Reads a movie until everything is known of it, fragments to the end of the file: `totalBytes` says where
 * that is.
 */
export function* readMovie(movie: Movie, totalBytes = Infinity): Parser {
	for (let at = 0; ; ) {
		// what may follow the last fragment is too short for a box
		if (movie.hasHeader && movie.hasMedia && at + 8 > totalBytes) {
			movie.isWhole = true;
			return;
		}
		const box = yield* boxAt(at, totalBytes);
		if (!box) return;
		const { type, body, end } = box;
		if (['moov', 'moof', 'mdat'].includes(type)) yield { at: end, length: 0 };
		if (type === 'moov') {
			movie.hasLongHeader = end - body > LONG_HEADER;
			yield* readBoxes(movie, box);
			movie.hasHeader = true;
		} else if (type === 'moof') {
			yield* readBoxes(movie, box);
		} else if (type === 'mdat') {
			movie.hasMedia = true;
		} else if (type === 'sidx' && movie.hasHeader) {
			const index = yield* readIndex(box);
			yield { at: index.end, length: 0 };
			if (index.end === totalBytes) {
				movie.indexed = index.seconds;
				return;
			}
		}
		if (movie.hasHeader && movie.hasMedia && !movie.isFragmented) return;
		at = end;
	}
}

function* boxAt(at: number, endOfParent: number): Parser<Box | undefined> {
	const head = yield { at, length: 8 };
	const size32 = head.readUInt32BE(0);
	const type = head.toString('latin1', 4);
	const body = at + (size32 === 1 ? 16 : 8);
	const size = size32 === 1 ? Number((yield { at: at + 8, length: 8 }).readBigUInt64BE(0)) : size32;
	// 0: to the end
	const end = size32 === 0 ? endOfParent : at + size;
	return end < body ? undefined : { type, body, end };
}

function* readBoxes(movie: Movie, parent: Box): Parser {
	for (let at = parent.body; at + 8 <= parent.end; ) {
		const box = yield* boxAt(at, parent.end);
		if (!box || box.end > parent.end) return;
		const path = `${parent.type}/${box.type}`;
		if (path === 'moov/mvex') movie.isFragmented = true;
		if (path === 'moov/trak') {
			if (movie.tracks.length === MAX_TRACKS) return;
			movie.tracks.push(new Track());
		}
		if (CONTAINERS.includes(path)) yield* readBoxes(movie, box);
		else if (path === 'traf/trun') yield* readRun(movie, box);
		else if (READERS[path]) {
			const [length, read] = READERS[path];
			const content = yield { at: box.body, length: Math.min(length, box.end - box.body) };
			// what a box is too short for reads as 0
			read(movie, Buffer.concat([content], length));
		}
		at = box.end;
	}
}

/** The track that is being read. */
const trackOf = (movie: Movie): Track => movie.tracks[movie.tracks.length - 1];

/** mvhd and mdhd begin alike. */
function timesIn(content: Buffer): { timescale: number; duration: number } {
	const at = content[0] === 1 ? 20 : 12;
	return { timescale: content.readUInt32BE(at), duration: timeAt(content, at + 4) };
}

/** A time, of 64 bits in boxes of version 1; all bits set stand for one that is not known. */
function timeAt(content: Buffer, at: number): number {
	const isWide = content[0] === 1;
	const time = isWide ? content.readBigUInt64BE(at) : BigInt(content.readUInt32BE(at));
	return time === 2n ** (isWide ? 64n : 32n) - 1n ? 0 : Number(time);
}

function trackHeaderIn(tkhd: Buffer): Partial<Track> {
	const isWide = tkhd[0] === 1;
	const [matrix, size] = isWide ? [52, 88] : [40, 76];
	return {
		id: tkhd.readUInt32BE(isWide ? 20 : 12),
		// a turn by 90° or 270° takes x from y alone
		isTurned: tkhd.readInt32BE(matrix) === 0 && tkhd.readInt32BE(matrix + 4) !== 0,
		// 16.16 fixed point
		width: tkhd.readUInt32BE(size) >>> 16,
		height: tkhd.readUInt32BE(size + 4) >>> 16,
	};
}

function fragmentIn(movie: Movie, tfhd: Buffer): Movie['fragment'] {
	const flags = tfhd.readUIntBE(1, 3);
	const id = tfhd.readUInt32BE(4);
	const at = 8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0);
	return {
		track: movie.tracks.find((track) => track.id === id),
		sampleDuration: flags & 0x8 ? tfhd.readUInt32BE(at) : (movie.sampleDurations.get(id) ?? 0),
	};
}

/** A run of samples in a fragment. */
function* readRun({ fragment }: Movie, { body, end }: Box): Parser {
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
function* readIndex({ body, end }: Box): Parser<{ seconds: number; end: number }> {
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
