import type { IDataObject } from 'n8n-workflow';

import { checkCredential } from '../api/client';
import { Failure } from '../api/failure';
import { read } from '../api/read';
import type { ModelEntry, ModelInputs } from '../api/types';
import { exactNumber, isUnset, shown } from '../inputs/exact';
import { figureWarnings, modelInputs } from '../inputs/modelInputs';
import { isModelId, tierOf } from '../inputs/models';
import { estimate, type Estimate } from '../inputs/price';
import { requestBody, type Reference, type RequestBody } from '../references/body';
import { Collector, type ReferenceParameters } from '../references/collect';
import { imageIssue, MAX_BODY_BYTES, mebibytes, videoIssue } from '../references/limits';
import { inputItems } from '../run/items';
import type { Item } from './item';

/** How long a price may take to be read, in ms. */
const PRICE_DEADLINE_MS = 60_000;

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

	const combines = context.getNodeParameter('inputItems', 'each') === 'combine';
	const items = inputItems(context).map((inputItem, position) => ({
		index: position,
		item: inputItem,
	}));
	const collector = new Collector(context, run.transfers, combines ? items : [items[index]]);
	await collector.collect(referenceParameters(item));
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
	const texts = [...checked.issues, ...referenceIssues(modelId, images, video)];
	found.push(...texts.map((text) => ({ item: index, text })));
	for (const issue of collector.issues) found.push({ item: index, ...dropUndefined(issue) });
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
	if (limitsCost && !found.length && !isUnset(options.maxCostUsd)) {
		const text = await costIssue(item, order, options.maxCostUsd);
		if (text) found.push({ item: index, text });
	}
	return order;
}

/** The live price of an order. Throws a Failure when the catalogue cannot be read. */
export async function priceOf({ api, run, signal }: Item, order: Order): Promise<Estimate> {
	let entry = run.models.get(order.modelId);
	if (!entry) {
		const deadline = Date.now() + PRICE_DEADLINE_MS;
		const path = `/v1/models/${order.modelId}`;
		entry = read(api, path, {
			subject: 'model',
			deadline,
			signal,
			known: { submitted: 'no' },
		}).then(({ json }) => json as ModelEntry);
		// A retry of the node asks again.
		entry.catch(() => run.models.delete(order.modelId));
		run.models.set(order.modelId, entry);
	}
	return estimate(order.modelId, await entry, order.inputs, order.hasVideo);
}

async function costIssue(item: Item, order: Order, limit: unknown): Promise<string | undefined> {
	const max = exactNumber(limit);
	if (max === undefined || max <= 0) {
		return `'Maximum Cost (USD)' is '${shown(limit)}', and has to be a number above 0`;
	}
	try {
		const { cost, basis } = await priceOf(item, order);
		if (cost === undefined) {
			return `'Maximum Cost (USD)' is $${max}, and what this video costs cannot be told: ${basis} Remove the limit, or change the inputs`;
		}
		return cost > max
			? `This video would cost $${cost} (${basis.replace(/\.$/, '')}), and 'Maximum Cost (USD)' is $${max}. Raise the limit, or shorten the clip`
			: undefined;
	} catch (error) {
		const said = error instanceof Failure ? error.message : String(error);
		return `'Maximum Cost (USD)' is $${max}, and the price could not be read: ${said}. Run again when that has changed, or remove the limit`;
	}
}

function referenceParameters({ context }: Item): ReferenceParameters {
	const { image = [] } = context.getNodeParameter('referenceImages', {}) as {
		image?: IDataObject[];
	};
	return {
		images: image,
		video: {
			source: context.getNodeParameter('referenceVideo', 'none'),
			binaryPropertyName: context.getNodeParameter('videoBinaryPropertyName', ''),
			url: context.getNodeParameter('videoUrl', ''),
		},
	};
}

function referenceIssues(modelId: string, images: Reference[], video?: Reference): string[] {
	const limits = tierOf(modelId)?.maxImages;
	if (!limits) return [];
	const max = video ? limits.withVideo : limits.alone;
	const beside = video ? ' beside a reference video' : '';
	return images.length > max
		? [
				`'Reference Images' stands for ${images.length} images, and there may be at most ${max}${beside}. Leave some out`,
			]
		: [];
}

function fileIssues(images: Reference[], video?: Reference): Issue[] {
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

/** Warnings for references that 'Additional Input' has fields of its own for. */
function replacedWarnings(inputs: ModelInputs, images: Reference[], video?: Reference): string[] {
	const replaced = [
		...(images.length && 'images' in inputs ? ["'Reference Images'"] : []),
		...(video && 'video' in inputs ? ["'Reference Video'"] : []),
	];
	return replaced.map((field) => `'Additional Input' is sent instead of ${field}.`);
}

function describe(
	inputs: ModelInputs,
	images: Reference[],
	video: Reference | undefined,
	combined: boolean,
): IDataObject[] {
	const one = (reference: Reference): IDataObject => {
		if ('url' in reference) return { from: 'url' };
		const { item, name, type, bytes } = reference.file;
		return { from: `binary:${name}`, ...(combined && { item }), mime_type: type?.mime, bytes };
	};
	const figures = images.map((image, index) => ({
		figure: index + 1,
		kind: 'image',
		...one(image),
	}));
	return [
		...('images' in inputs ? [] : figures),
		...(video && !('video' in inputs) ? [{ kind: 'video', ...one(video) }] : []),
	];
}

function dropUndefined({
	item,
	text,
}: {
	item?: number;
	text: string;
}): Partial<Issue> & { text: string } {
	return item === undefined ? { text } : { item, text };
}
