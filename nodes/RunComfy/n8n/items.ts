// How n8n runs a declarative node over its items, as seen in n8n 2.41.1:
// - all items of a batch start together; Execute Once takes the first one only, and counting
//   `getExecuteData().data` alone would wait for the others for ever;
// - an AI agent's tool call has no items: its arguments come as a new empty item at each look, and what
//   `getExecuteData()` gives may be the agent's own.
import {
	NodeConnectionTypes,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

interface Batching {
	batching?: { batch?: { batchSize?: number; batchInterval?: number } };
}

/** The input of a tool call, when an AI agent runs the node; undefined otherwise. */
export function toolInput(context: IExecuteSingleFunctions): INodeExecutionData | undefined {
	const look = () => context.getInputData(0, NodeConnectionTypes.AiTool);
	const input = look();
	return input.json === look().json ? input : undefined;
}

/**
 * Whether an AI agent or an MCP client calls the node. Agents of version 3 have n8n run it like any other
 * node, with one item that holds the arguments; what sets it apart is the type that n8n gives to tools.
 */
export function isToolCall(context: IExecuteSingleFunctions): boolean {
	return context.getNode().type.endsWith('Tool') || toolInput(context) !== undefined;
}

/** The input items that n8n runs the node for: Execute Once takes the first one only. */
export function inputItems(context: IExecuteSingleFunctions): INodeExecutionData[] {
	const tool = toolInput(context);
	if (tool) return [tool];
	const items = context.getExecuteData().data.main?.[0] ?? [];
	return context.getNode().executeOnce ? items.slice(0, 1) : items;
}

/**
 * The indexes of the items that n8n starts together with item `index`: all of them, unless the user
 * set a batch size with a pause between batches.
 */
export function batchOf(context: IExecuteSingleFunctions, index: number, count: number): number[] {
	const options = context.getNodeParameter('requestOptions', {}) as Batching;
	const { batchSize = 1, batchInterval = 0 } = options.batching?.batch ?? {};
	const size = batchSize > 0 ? batchSize : 1;
	// n8n pauses before each of these items, and before none without an interval.
	const isFirst = (item: number) => item === 0 || (batchInterval > 0 && item % size === 0);
	let [first, end] = [index, index + 1];
	while (!isFirst(first)) first--;
	while (end < count && !isFirst(end)) end++;
	return Array.from({ length: end - first }, (_, offset) => first + offset);
}
