const VIDEO_CODECS = ['avc1', 'avc3', 'hvc1', 'hev1'];

/** Reads what a player needs to play an MP4 file, and throws when any of it is missing. */
export function inspectMp4(bytes) {
	if (bytes.toString('latin1', 4, 8) !== 'ftyp') throw new Error('it does not begin like one');
	const file = boxesIn(bytes);
	if (!file.some(({ type, body }) => type === 'mdat' && body.length > 0)) {
		throw new Error('it has no media data');
	}
	const moov = file.find(({ type }) => type === 'moov')?.body;
	if (!moov) throw new Error('it has no moov box');

	const [header] = find(moov, 'mvhd');
	const seconds = header ? durationOf(header) : 0;
	if (!(seconds > 0)) throw new Error('its duration is zero');

	const codec = find(moov, 'trak').map(codecOf).find(Boolean);
	if (!codec) throw new Error('it has no H.264 or H.265 video track');
	return { seconds, codec };
}

function codecOf(track) {
	const [handler] = find(track, 'mdia', 'hdlr');
	if (handler?.toString('latin1', 8, 12) !== 'vide') return undefined;
	const [descriptions] = find(track, 'mdia', 'minf', 'stbl', 'stsd');
	const codec = descriptions?.toString('latin1', 12, 16);
	return VIDEO_CODECS.includes(codec) ? codec : undefined;
}

function durationOf(mvhd) {
	const [timescale, duration] =
		mvhd[0] === 1
			? [mvhd.readUInt32BE(20), Number(mvhd.readBigUInt64BE(24))]
			: [mvhd.readUInt32BE(12), mvhd.readUInt32BE(16)];
	return duration / timescale;
}

/** The contents of all boxes at a path of types. */
function find(bytes, type, ...deeper) {
	const found = boxesIn(bytes).filter((box) => box.type === type);
	return found.flatMap(({ body }) => (deeper.length > 0 ? find(body, ...deeper) : [body]));
}

function boxesIn(bytes) {
	const boxes = [];
	for (let at = 0, size; at < bytes.length; at += size) {
		if (bytes.length - at < 8) throw new Error('it is cut off');
		size = bytes.readUInt32BE(at);
		let headerSize = 8;
		if (size === 1 && bytes.length - at >= 16) {
			size = Number(bytes.readBigUInt64BE(at + 8));
			headerSize = 16;
		}
		// Zero: the box reaches to the end of the file.
		if (size === 0) size = bytes.length - at;
		if (size < headerSize || at + size > bytes.length) throw new Error('it is cut off');
		const type = bytes.toString('latin1', at + 4, at + 8);
		boxes.push({ type, body: bytes.subarray(at + headerSize, at + size) });
	}
	return boxes;
}
