export const STANDARD = 'kling/kling-video-o3/standard/reference-to-video';

/** The shortest clip there is. */
const SECONDS = 3;
export const ORDER = {
	duration: SECONDS,
	aspect_ratio: '16:9',
	shot_type: 'customize',
	sound: false,
};
