import type { ReferenceFile } from '../../order/files/inspect';
import type { Reference } from '../../order/files/reference';
import type { Finding } from '../../order/order';
import { mebibytes } from '../../text/values';
import { tierOf } from './tiers';

const MIB = 1024 * 1024;

// Sizes are those of RunComfy's official client, before base64.
const MAX_IMAGE_BYTES = 6 * MIB;
const MAX_VIDEO_BYTES = 32 * MIB;

// Kling's own limits, as other hosts of the same model publish them.
const MIN_IMAGE_SIDE = 300;
const MAX_IMAGE_RATIO = 2.5;
const MIN_VIDEO_SIDE = 720;
const MAX_VIDEO_SIDE = 2160;
const MIN_VIDEO_SECONDS = 3;
const MAX_VIDEO_SECONDS = 10;
// Cameras write 10.0x s for ten seconds: containers round to whole frames.
const SECONDS_TOLERANCE = 0.1;

/** Whether there are more images than the model takes. */
export function countIssues(modelId: string, images: Reference[], video?: Reference): Finding[] {
	const limits = tierOf(modelId)?.maxImages;
	if (!limits) return [];
	const max = video ? limits.withVideo : limits.alone;
	const beside = video ? ' beside a reference video' : '';
	return images.length > max
		? [
				{
					text: `'Reference Images' finds ${images.length} images; the limit is ${max}${beside}. Leave some out`,
				},
			]
		: [];
}

/** What keeps files from being sent, each with the input item it is on. */
export function fileIssues(images: Reference[], video?: Reference): Finding[] {
	const checks = [
		...images.map((reference, index) => ({
			reference,
			label: `Figure ${index + 1}`,
			check: imageIssue,
		})),
		...(video ? [{ reference: video, label: 'Reference video', check: videoIssue }] : []),
	];
	return checks.flatMap(({ reference, label, check }) => {
		if (!('file' in reference)) return [];
		const { item, name, binary } = reference.file;
		const issue = check(reference.file);
		const fileName = binary.fileName ? ` (${binary.fileName})` : '';
		return issue ? [{ item, text: `${label}: file '${name}'${fileName} ${issue}` }] : [];
	});
}

/** What keeps an image file from being sent, as the end of a sentence, or undefined. */
export function imageIssue(file: ReferenceFile): string | undefined {
	const basic = fileIssue(file, 'image', 'a JPEG, PNG or WebP image', MAX_IMAGE_BYTES);
	if (basic || !file.pixels) return basic;
	const { width, height } = file.pixels;
	const [short, long] = width < height ? [width, height] : [height, width];
	if (short < MIN_IMAGE_SIDE) {
		return `is ${width} × ${height} pixels; each side must be at least ${MIN_IMAGE_SIDE}. Use a larger picture`;
	}
	if (long / short > MAX_IMAGE_RATIO) {
		return `is ${width} × ${height} pixels; the long side can be at most ${MAX_IMAGE_RATIO} times the short one. Crop it`;
	}
	return undefined;
}

/** What keeps a video file from being sent, as the end of a sentence, or undefined. */
export function videoIssue(file: ReferenceFile): string | undefined {
	const basic = fileIssue(file, 'video', 'an MP4 or MOV video', MAX_VIDEO_BYTES);
	if (basic || !file.video) return basic;
	const { seconds = MIN_VIDEO_SECONDS, width, height } = file.video;
	const [min, max] = [MIN_VIDEO_SECONDS - SECONDS_TOLERANCE, MAX_VIDEO_SECONDS + SECONDS_TOLERANCE];
	if (seconds < min || seconds > max) {
		return `is ${Number(seconds.toFixed(1))} s long; it must be ${MIN_VIDEO_SECONDS} to ${MAX_VIDEO_SECONDS} s. Trim it`;
	}
	if (width === undefined || height === undefined) return undefined;
	if (Math.min(width, height) < MIN_VIDEO_SIDE || Math.max(width, height) > MAX_VIDEO_SIDE) {
		return `is ${width} × ${height} pixels; each side must be ${MIN_VIDEO_SIDE} to ${MAX_VIDEO_SIDE}. Resize it`;
	}
	return undefined;
}

function fileIssue(
	{ type, bytes }: ReferenceFile,
	kind: 'image' | 'video',
	wanted: string,
	maxBytes: number,
): string | undefined {
	if (bytes === 0) return 'is empty (0 bytes). Check the node that made it';
	if (type?.kind !== kind) {
		const what = type ? type.label : "of a type that this node doesn't know";
		return `is ${what}, but must be ${wanted}${type?.hint ? `. ${type.hint}` : ''}`;
	}
	if (bytes > maxBytes) {
		const smaller = kind === 'image' ? 'Make the picture smaller' : 'Compress or trim it';
		return `is ${mebibytes(bytes)}; the limit is ${mebibytes(maxBytes)}. ${smaller}, or give a URL instead`;
	}
	return undefined;
}
