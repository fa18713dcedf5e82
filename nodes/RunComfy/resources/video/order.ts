import type { IDataObject } from 'n8n-workflow';

import { checkCredential } from '../../api/client';
import type { ModelInputs } from '../../api/types';
import { isUnset, listIn, shown } from '../../text/values';
import { figureWarnings, modelInputs } from './inputs';
import { isModelId } from './tiers';
import { requestBody, type RequestBody } from '../../order/body';
import { countIssues, fileIssues } from '../../references/check';
import { Collector, type ReferenceParameters } from './references';
import { describe, replacedWarnings } from './figures';
import { MAX_BODY_BYTES, mebibytes } from './limits';
import { inputItems } from '../../n8n/items';
import { costIssue, limitIssue } from '../../run/costLimit';
import type { Item } from '../../operations/perItem';

/** A shorter timeout was meant in seconds; it would lose the answer to a submit that is paid for. */
const MIN_TIMEOUT_MS = 1_000;
/** A day; timers of more than 24.8 days (2^31 - 1 ms) fire at once. */
const MAX_TIMEOUT_MS = 86_400_000;

/** Something that has to change before an item can be sent. */
export interface Issue {
	/** Index of the input item it is about. */
	item: number;
	text: string;
}

/** One video as it would be sent, and everything that speaks against sending it. */
export interface Order {
	modelId: string;
	inputs: ModelInputs;
	hasVideo: boolean;
	body: RequestBody;
	/** Whether the references come from all items. */
	combined: boolean;
	/** What each figure stands for, in the contract's output form. */
	references: IDataObject[];
	warnings: string[];
	issues: Issue[];
}

/** Whether this item stands for no video of its own, since all items make one together. */
export function isCombinedAway({ context, index }: Item): boolean {
	return index > 0 && context.getNodeParameter('inputItems', 'each') === 'combine';
}

/**
 * Reads and checks everything about one video: parameters, references, and the price when a limit is
 * set. Buys nothing. `issues` are the operation's own; `limitsCost` tells whether the limit on the price
 * counts.
 */
export async function prepare(item: Item, issues: string[], limitsCost = true): Promise<Order> {
	const { context, run, index, api } = item;
	await checkCredential(api);
	const found: Issue[] = issues.map((text) => ({ item: index, text }));
	const modelId = String(context.getNodeParameter('model') ?? '').trim();
	if (!isModelId(modelId)) {
		const text = `'Model' is '${shown(modelId)}', and has to be a model ID such as kling/kling-video-o3/standard/reference-to-video`;
		found.push({ item: index, text });
	}

	const { timeout } = api.settings;
	if (!(timeout >= MIN_TIMEOUT_MS && timeout <= MAX_TIMEOUT_MS)) {
		const given = Number.isNaN(timeout) ? 'no number' : timeout;
		const text = `'Timeout' under 'Request Options' is ${given}, and has to be ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS} milliseconds: 60000 is a minute`;
		found.push({ item: index, text });
	}

	const combines = context.getNodeParameter('inputItems', 'each') === 'combine';
	const items = inputItems(context).map((inputItem, position) => ({
		index: position,
		item: inputItem,
	}));
	const collector = new Collector(
		context,
		run.transfers,
		combines ? items : [items[index]],
		combines,
	);
	const entries = listIn(context.getNodeParameter('referenceImages', {}), 'image');
	if (entries?.every((entry) => typeof entry === 'object' && entry !== null)) {
		await collector.collect(referenceParameters(item, entries as IDataObject[]));
	} else {
		found.push({ item: index, text: "'Reference Images' has to be a list of images" });
	}
	const { images, video } = collector;

	const options = context.getNodeParameter('options', {}) as IDataObject;
	const checked = modelInputs({
		modelId,
		prompt: context.getNodeParameter('prompt'),
		aspectRatio: context.getNodeParameter('aspectRatio'),
		duration: context.getNodeParameter('duration'),
		options,
		hasVideo: video !== undefined,
	});
	const texts = [...checked.issues, ...countIssues(modelId, images, video)];
	found.push(...texts.map((text) => ({ item: index, text })));
	for (const { item: origin = index, text } of collector.issues) found.push({ item: origin, text });
	found.push(...fileIssues(images, video));

	const { inputs } = checked;
	const body = requestBody(context, inputs, images, video);
	if (body.size > MAX_BODY_BYTES) {
		const text = `The files make a request of ${mebibytes(body.size)}, and it may be at most ${mebibytes(MAX_BODY_BYTES)}. Use smaller files, or give URLs instead`;
		found.push({ item: index, text });
	}
	const order: Order = {
		modelId,
		inputs,
		hasVideo: 'video' in inputs ? !isUnset(inputs.video) : video !== undefined,
		body,
		combined: combines,
		references: describe(inputs, images, video, combines),
		warnings: [
			...checked.warnings,
			...collector.warnings,
			...replacedWarnings(inputs, images, video),
			...figureWarnings(inputs, images.length),
		],
		issues: found,
	};
	if (limitsCost && !isUnset(options.maxCostUsd)) {
		const limit = options.maxCostUsd;
		const text = limitIssue(limit) ?? (found.length ? '' : await costIssue(item, order, limit));
		if (text) found.push({ item: index, text });
	}
	return order;
}

function referenceParameters({ context }: Item, images: IDataObject[]): ReferenceParameters {
	return {
		images,
		video: {
			source: context.getNodeParameter('referenceVideo', 'none'),
			binaryPropertyName: context.getNodeParameter('videoBinaryPropertyName', ''),
			url: context.getNodeParameter('videoUrl', ''),
		},
	};
}
