import type { FileTexts } from '../../shared/waitFields';

/** What the form says of the video that a request makes. */
export const fileTexts: FileTexts = {
	download: {
		displayName: 'Download Video',
		name: 'downloadVideo',
		description: 'Whether to add the video to the output as a file, besides its URL',
	},
	output: 'the video',
	fileName: {
		placeholder: 'e.g. clip.mp4',
		description: 'Name of the video file. Left empty, it is named after the request.',
	},
};
