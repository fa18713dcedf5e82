import { MODEL_API } from '../../api/services';
import { mediaTypeOf } from '../../output/mediaType';
import type { Delivery } from '../../wait/delivery';
import { filesIn } from '../../wait/results';
import { fileTexts } from './fileTexts';

/** A request makes files of any kind, one or several. */
export const modelDelivery: Delivery = {
	service: MODEL_API,
	noun: 'result',
	download: fileTexts.download,
	urlField: 'files',
	filesOf: filesIn,
	json: (files) => ({ files }),
	known: (files) => ({ files }),
	nameOf: ({ target, requestId }) =>
		[target.replaceAll('/', '-'), requestId].filter(Boolean).join('-'),
	typeOf: mediaTypeOf,
};
