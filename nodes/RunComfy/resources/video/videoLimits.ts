import type { MediaLimits } from './mediaLimits';

// Kling's own limits, as other hosts of the same model publish them.
const MIN_SIDE = 720;
const MAX_SIDE = 2160;
const MIN_SECONDS = 3;
const MAX_SECONDS = 10;
// Cameras write 10.0x s for ten seconds: containers round to whole frames.
const SECONDS_TOLERANCE = 0.1;

// Codes of sample entries, as mp4ra.org and Apple's QuickTime File Format list them.
const H264 = ['avc1', 'avc3'];
const HEVC = 'HEVC (H.265)';
const PRORES = 'ProRes';
const CODECS: Record<string, string> = {
	hvc1: HEVC,
	hev1: HEVC,
	dvh1: HEVC,
	dvhe: HEVC,
	av01: 'AV1',
	vp08: 'VP8',
	vp09: 'VP9',
	mp4v: 'MPEG-4 Visual',
	jpeg: 'Motion JPEG',
	mjpa: 'Motion JPEG',
	mjpb: 'Motion JPEG',
	ap4x: PRORES,
	ap4h: PRORES,
	apch: PRORES,
	apcn: PRORES,
	apcs: PRORES,
	apco: PRORES,
};

export const VIDEO: MediaLimits = {
	kind: 'video',
	wanted: 'an MP4 or MOV video',
	contentIssue: ({ video }) =>
		video?.isSoundOnly ? 'has sound, but no picture. Use a video with a picture' : undefined,
	klingIssue: ({ video: { seconds = MIN_SECONDS, width, height } = {} }) => {
		if (seconds < MIN_SECONDS - SECONDS_TOLERANCE || seconds > MAX_SECONDS + SECONDS_TOLERANCE) {
			return `is ${Number(seconds.toFixed(1))} s long; it must be ${MIN_SECONDS} to ${MAX_SECONDS} s. Trim it`;
		}
		if (!width || !height) return undefined;
		if (Math.min(width, height) < MIN_SIDE || Math.max(width, height) > MAX_SIDE) {
			return `is ${width} × ${height} pixels; each side must be ${MIN_SIDE} to ${MAX_SIDE}. Resize it`;
		}
		return undefined;
	},
	// What is published of Kling names MP4 and MOV, but not how the pictures in them have to be encoded.
	oddities: ({ video: { codec } = {} }) =>
		codec && !H264.includes(codec)
			? [`is encoded as ${CODECS[codec] ?? `'${codec}'`}, which Kling may not read. H.264 is safe`]
			: [],
};
