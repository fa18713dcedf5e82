import type { IExecuteSingleFunctions, INodeExecutionData } from 'n8n-workflow';

interface Batching {
	batching?: { batch?: { batchSize?: number; batchInterval?: number } };
}

/** The input items that n8n runs the node for: Execute Once takes the first one only. */
export function inputItems(context: IExecuteSingleFunctions): INodeExecutionData[] {
	const { data } = context.getExecuteData();
	// as a tool of an AI agent, the items arrive at the tool input
	const items = (data.main ?? data.ai_tool)?.[0] ?? [];
	return context.getNode().executeOnce ? items.slice(0, 1) : items;
}

/**
 * The indexes of the items that n8n starts together with item `index`: all of them, unless the user
 * set a batch size with a pause between batches.
 */
export function batchOf(context: IExecuteSingleFunctions, index: number, count: number): number[] {
	const options = context.getNodeParameter('requestOptions', {}) as Batching;
	const { batchSize = 1, batchInterval = 0 } = options.batching?.batch ?? {};
	const size = batchInterval > 0 ? Math.max(1, batchSize) : count;
	const first = Math.floor(index / size) * size;
	return Array.from({ length: Math.min(size, count - first) }, (_, offset) => first + offset);
}
