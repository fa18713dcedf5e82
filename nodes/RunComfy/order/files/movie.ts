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
