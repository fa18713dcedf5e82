import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import type { RequestResult } from '../api/types';
import type { Purchase } from '../run/ledger';

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

/** Says of an output item that it comes from a dry run, if it does. */
export function marked(item: INodeExecutionData): INodeExecutionData {
	return isDryRunId(item.json.request_id)
		? { ...item, json: { ...item.json, dry_run: true } }
		: item;
}

function costOf(cost: unknown): number | null {
	const amount = typeof cost === 'string' && cost.trim() ? Number(cost) : cost;
	return typeof amount === 'number' && Number.isFinite(amount) ? amount : null;
}
