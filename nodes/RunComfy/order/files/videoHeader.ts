import type { Movie, Track } from './movie';

/** What an MP4 or MOV says of itself; a field is missing where that is not known. */
export interface VideoHeader {
	seconds?: number;
	/** As players show it, turned. */
	width?: number;
	height?: number;
	/** How its pictures are encoded, by a code of four characters such as avc1. */
	codec?: string;
	/** Whether it has sound, but no picture. */
	isSoundOnly?: boolean;
}

/** What is known of a movie as far as it was read. */
export function headerOf(movie: Movie): VideoHeader {
	const header: VideoHeader = {};
	const seconds = secondsOf(movie);
	if (seconds > 0) header.seconds = seconds;
	const picture = pictureOf(movie.tracks);
	if (picture && picture.width * picture.height > 0) {
		const { width, height, isTurned } = picture;
		Object.assign(header, isTurned ? { width: height, height: width } : { width, height });
	}
	if (picture?.codec && /^[ -~]{4}$/.test(picture.codec)) header.codec = picture.codec;
	if (movie.hasHeader && isSoundOnly(movie.tracks)) header.isSoundOnly = true;
	return header;
}

/** 0 when it is not known. */
function secondsOf(movie: Movie): number {
	const { timescale, duration, extended, indexed } = movie;
	const inMovie = (time: number): number => (timescale > 0 ? time / timescale : 0);
	// Whether fragments follow shows at the end of the header only.
	if (!movie.hasHeader) return movie.hasLongHeader ? inMovie(duration) : 0;
	const longest = Math.max(0, ...movie.tracks.map(secondsOfTrack));
	if (!movie.isFragmented) return inMovie(duration) || longest;
	return inMovie(extended) || indexed || (movie.isWhole ? longest : 0);
}

function secondsOfTrack({ timescale, duration, hasSamples, fragments }: Track): number {
	return timescale > 0 ? ((hasSamples ? duration : 0) + fragments) / timescale : 0;
}

/** Subtitles and previews are smaller tracks beside the picture. */
function pictureOf(tracks: Track[]): Track | undefined {
	const area = (track: Track): number => track.width * track.height;
	return tracks
		.filter(({ handler }) => handler === 'vide')
		.reduce<
			Track | undefined
		>((largest, track) => (largest && area(largest) >= area(track) ? largest : track), undefined);
}

/** Pictures may be in a kind of track that this node doesn't know; then they have a size. */
function isSoundOnly(tracks: Track[]): boolean {
	const hasSound = tracks.some(({ handler }) => handler === 'soun');
	return hasSound && tracks.every(({ handler, width }) => handler !== 'vide' && width === 0);
}
