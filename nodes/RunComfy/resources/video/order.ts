import type { IDataObject } from 'n8n-workflow';

import { MODEL_API } from '../../api/services';
import { inputItems } from '../../n8n/items';
import { FileValue, type InputValue } from '../../order/body';
import type { Reference } from '../../order/files/reference';
import type { Order } from '../../order/order';
import { combines } from '../../run/combined';
import type { Item } from '../../run/item';
import { isUnset } from '../../text/values';
import { placedReferences, replacedWarnings } from './figures';
import { modelInputs } from './inputs';
import { countIssues, fileIssues, fileWarnings } from './limits';
import { estimate } from './price';
import { promptFindings, zeroWarnings } from './prompt';
import { collect, referenceParameters, type References } from './references';

const NO_LIST = "'Reference Images' must be a list of images";

/** Reads and checks everything about one video: parameters and references. */
export async function videoOrder(item: Item): Promise<Order> {
	const { context } = item;
	const modelId = String(context.getNodeParameter('model') ?? '').trim();
	const combined = combines(item);
	const items = combined ? 1 : inputItems(context).length;
	const { images, video, ...collected } = await referencesOf(item, combined);
	const checked = modelInputs({
		modelId,
		prompt: context.getNodeParameter('prompt'),
		aspectRatio: context.getNodeParameter('aspectRatio'),
		duration: context.getNodeParameter('duration'),
		options: context.getNodeParameter('options', {}) as IDataObject,
		hasVideo: video !== undefined,
	});
	const { inputs } = checked;
	// What could not be found may be the figure that the prompt names.
	const found = collected.issues.length ? Infinity : images.length;
	const hasVideo = 'video' in inputs ? !isUnset(inputs.video) : video !== undefined;
	return {
		service: MODEL_API,
		target: modelId,
		// What Additional Input names itself comes last, so it replaces the references.
		input: {
			...(images.length && { images: images.map(valueOf) }),
			...(video && { video: valueOf(video) }),
			...(inputs as Record<string, InputValue>),
		},
		kind: `${String(inputs.duration)} s${hasVideo ? ' with video' : ''}`,
		combined,
		references: placedReferences(inputs, images, video),
		warnings: [
			...checked.warnings,
			...collected.warnings,
			...fileWarnings(images, video),
			...replacedWarnings(inputs, images, video),
			...zeroWarnings(inputs),
		],
		issues: [
			...checked.issues,
			...promptFindings(inputs, { images: found, items }),
			...countIssues(modelId, images, video),
			...collected.issues,
			...fileIssues(images, video),
		],
		estimate: (entry) => estimate(modelId, entry, inputs, hasVideo),
	};
}

async function referencesOf(item: Item, combined: boolean): Promise<References> {
	const parameters = referenceParameters(item);
	if (!parameters) return { images: [], issues: [{ text: NO_LIST }], warnings: [] };
	const items = inputItems(item.context).map((input, index) => ({ index, item: input }));
	return await collect(item, combined ? items : [items[item.index]], parameters, combined);
}

function valueOf(reference: Reference): InputValue {
	return 'url' in reference ? reference.url : new FileValue(reference.file);
}
