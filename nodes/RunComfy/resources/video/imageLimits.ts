import type { ImageHeader } from '../../order/files/imageHeader';
import type { MediaLimits } from './mediaLimits';

// Kling's own limits, as other hosts of the same model publish them.
const MIN_SIDE = 300;
const MAX_RATIO = 2.5;

export const IMAGE: MediaLimits = {
	kind: 'image',
	wanted: 'a JPEG, PNG or WebP image',
	contentIssue: () => undefined,
	klingIssue: ({ type, image = {} }) => {
		// libwebp's plain decoder refuses animations, so a request is likely to be paid for and fail. Every PNG
		// decoder reads the first picture of an APNG.
		if (image.isAnimated && type?.mime === 'image/webp')
			return 'is an animated WebP; it must be a still picture. Save one of its pictures as JPEG or PNG';
		return pixelIssue(image);
	},
	oddities: ({ type, image: { orientation = 1, isCmyk, isAnimated } = {} }) => [
		...(orientation >= 5
			? [
					`is stored sideways (EXIF orientation ${orientation}) and may come out turned. Turn it upright and save it again`,
				]
			: []),
		...(isCmyk
			? ['is in CMYK, as for print, and may come out looking different. Save it as RGB']
			: []),
		...(isAnimated && type?.mime === 'image/png'
			? ['is an animated PNG, of which only the first picture counts']
			: []),
	],
};

function pixelIssue({ width, height }: ImageHeader): string | undefined {
	if (!width || !height) return undefined;
	const [short, long] = width < height ? [width, height] : [height, width];
	if (short < MIN_SIDE) {
		return `is ${width} × ${height} pixels; each side must be at least ${MIN_SIDE}. Use a larger picture`;
	}
	if (long / short > MAX_RATIO) {
		return `is ${width} × ${height} pixels; the long side can be at most ${MAX_RATIO} times the short one. Crop it`;
	}
	return undefined;
}
