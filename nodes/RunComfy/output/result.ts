import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import type { RequestResult } from '../api/types';
import type { Purchase } from '../run/ledger';

/** The json of a finished request, with what names its files. `cost_usd` is null while RunComfy has not named it. */
export function resultJson(
	purchase: Purchase,
	result: RequestResult,
	files: IDataObject,
): IDataObject {
	const { output, created_at, finished_at, cost } = result;
	return {
		request_id: purchase.requestId,
		...targetJson(purchase),
		status: purchase.status,
		...files,
		cost_usd: costOf(cost),
		created_at: created_at ?? null,
		finished_at: finished_at ?? null,
		output: output as IDataObject,
	};
}

/** The target as output items name it; null where only the request's ID is known. */
export const targetJson = ({
	service,
	target,
}: Pick<Purchase, 'service' | 'target'>): IDataObject => ({
	[service.targetField]: target || null,
});

/** The output item, marked if it comes from a dry run. */
export function marked(item: INodeExecutionData): INodeExecutionData {
	return isDryRunId(item.json.request_id)
		? { ...item, json: { ...item.json, dry_run: true } }
		: item;
}

/** What an agent or an MCP client gets before its request is finished; it does what `message` says. */
export function unfinishedJson(purchase: Purchase, noun: string): IDataObject {
	const { requestId, status, reused } = purchase;
	return {
		request_id: requestId,
		...targetJson(purchase),
		status,
		...(reused && { reused }),
		is_finished: false,
		message: `The ${noun} is still being made. Call Wait for Completion (or Get Status) with this request_id in a minute. Don't order it again.`,
	};
}

/** The same before RunComfy has confirmed the order. */
export const unconfirmedJson: IDataObject = {
	request_id: null,
	status: 'not_confirmed_yet',
	is_finished: false,
	message:
		'The order is on its way, but RunComfy has not confirmed it yet. Call this tool again in a minute with exactly the same inputs: it goes on with this order and buys nothing twice.',
};

function costOf(cost: unknown): number | null {
	const amount = typeof cost === 'string' && cost.trim() ? Number(cost) : cost;
	return typeof amount === 'number' && Number.isFinite(amount) ? amount : null;
}
