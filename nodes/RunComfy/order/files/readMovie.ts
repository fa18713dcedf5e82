import { Track, type Movie } from './movie';
import { boxAt, timeAt, type Box } from './movieBoxes';
import { fragmentIn, readIndex, readRun } from './movieFragments';
import type { Parser } from './parse';

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
