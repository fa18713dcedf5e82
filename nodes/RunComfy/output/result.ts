import type { IDataObject, IPairedItemData } from 'n8n-workflow';

import type { RequestResult } from '../api/types';
import type { Item } from '../operations/perItem';
import { inputItems } from '../n8n/items';
import type { Purchase } from '../run/ledger';

/** The input items that an output item came from: its own, or all when they make one video. */
export function pairedItems({
	context,
	index,
}: Pick<Item, 'context' | 'index'>): IPairedItemData | IPairedItemData[] {
	return context.getNodeParameter('inputItems', 'each') === 'combine'
		? inputItems(context).map((_, item) => ({ item }))
		: { item: index };
}

/** The URL of the video in a result's `output`: `{video}`, `{videos: [...]}` or a bare string. */
export function videoUrlOf(output: unknown): string | undefined {
	const { video, videos } = (output ?? {}) as { video?: unknown; videos?: unknown };
	const candidates = [output, video, ...(Array.isArray(videos) ? videos : [videos])];
	return candidates.find(
		(value): value is string => typeof value === 'string' && URL.canParse(value),
	);
}

/** The json of a finished request. `cost_usd` is null while RunComfy has not named it. */
export function resultJson(purchase: Purchase, result: RequestResult): IDataObject {
	const { output, created_at, finished_at, cost } = result;
	return {
		request_id: purchase.requestId,
		model_id: purchase.modelId || null,
		status: purchase.status,
		video_url: purchase.videoUrl,
		cost_usd: costOf(cost),
		created_at: created_at ?? null,
		finished_at: finished_at ?? null,
		output: output as IDataObject,
	};
}

function costOf(cost: unknown): number | null {
	const amount = typeof cost === 'string' && cost.trim() ? Number(cost) : cost;
	return typeof amount === 'number' && Number.isFinite(amount) ? amount : null;
}
