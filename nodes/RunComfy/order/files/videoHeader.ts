/** What an MP4 or MOV says of itself; a field is missing where the header does not reach. */
export interface VideoHeader {
	seconds?: number;
	width?: number;
	height?: number;
}

// ISO/IEC 14496-12: boxes that hold the boxes read here
const CONTAINERS = ['moov', 'trak'];

/**
 * Length and picture size from the first bytes of an MP4 or MOV. Many cameras write this part at the
 * end of the file; then nothing is known.
 */
export function videoHeaderOf(head: Buffer): VideoHeader {
	const header: VideoHeader = {};
	readBoxes(head, 0, head.length, header);
	return header;
}

function readBoxes(head: Buffer, from: number, to: number, header: VideoHeader): void {
	let at = from;
	while (at + 8 <= to) {
		const size32 = head.readUInt32BE(at);
		const type = head.toString('latin1', at + 4, at + 8);
		const long = size32 === 1 && at + 16 <= to;
		const size = long ? Number(head.readBigUInt64BE(at + 8)) : size32;
		const body = at + (long ? 16 : 8);
		if (size < body - at) return;
		const end = Math.min(at + size, to);
		if (CONTAINERS.includes(type)) readBoxes(head, body, end, header);
		else if (type === 'mvhd') readDuration(head.subarray(body, end), header);
		else if (type === 'tkhd') readSize(head.subarray(body, end), header);
		at += size;
	}
}

function readDuration(mvhd: Buffer, header: VideoHeader): void {
	const wide = mvhd[0] === 1;
	if (mvhd.length < (wide ? 32 : 20)) return;
	const timescale = mvhd.readUInt32BE(wide ? 20 : 12);
	const duration = wide ? mvhd.readBigUInt64BE(24) : BigInt(mvhd.readUInt32BE(16));
	// all bits set: not known
	const isKnown = duration > 0 && duration !== (wide ? 2n ** 64n : 2n ** 32n) - 1n;
	if (timescale > 0 && isKnown) header.seconds = Number(duration) / timescale;
}

function readSize(tkhd: Buffer, header: VideoHeader): void {
	const at = tkhd[0] === 1 ? 88 : 76;
	if (tkhd.length < at + 8) return;
	// 16.16 fixed point; sound tracks have no size
	const [width, height] = [tkhd.readUInt32BE(at) >>> 16, tkhd.readUInt32BE(at + 4) >>> 16];
	// Subtitles and previews are smaller tracks beside the picture.
	const { width: knownWidth = 0, height: knownHeight = 0 } = header;
	if (width * height > knownWidth * knownHeight) Object.assign(header, { width, height });
}
