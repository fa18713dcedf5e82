import { MODEL_API } from '../../api/services';
import type { Delivery } from '../../wait/delivery';
import { videoUrlOf } from '../../wait/results';
import { fileTexts } from './fields/files';

const ENDINGS = ['.mp4', '.mov', '.m4v', '.webm'];

/** Content types that a host gives to what is no video: a page, a message and the like. */
const NO_VIDEO = /^(text|image|audio)\/|^application\/(json|xml|problem|xhtml)/;

/** A request makes one video. */
export const videoDelivery: Delivery = {
	service: MODEL_API,
	noun: 'video',
	download: fileTexts.download,
	urlField: 'video_url',
	filesOf: (output) => {
		const url = videoUrlOf(output);
		return url === undefined ? [] : [{ url }];
	},
	json: ([{ url }]) => ({ video_url: url }),
	known: ([video]) => ({ videoUrl: video?.url }),
	nameOf: ({ requestId }) => requestId,
	typeOf: ({ mimeType }) =>
		NO_VIDEO.test(mimeType)
			? undefined
			: { mimeType: mimeType.startsWith('video/') ? mimeType : 'video/mp4', endings: ENDINGS },
};
