import { filesIn } from '../../api/results';
import { mediaTypeOf } from '../../output/mediaType';
import type { Delivery } from '../../wait/delivery';
import { fileTexts } from './fileTexts';

/** A request makes files of any kind, one or several. */
export const modelDelivery: Delivery = {
	noun: 'result',
	download: fileTexts.download,
	urlField: 'files',
	filesOf: filesIn,
	json: (files) => ({ files }),
	known: (files) => ({ files }),
	nameOf: ({ modelId, requestId }) =>
		[modelId.replaceAll('/', '-'), requestId].filter(Boolean).join('-'),
	typeOf: mediaTypeOf,
};
