// n8n calls the `pagination` function of a declarative operation once for each input item, with the
// resolved request, and takes the items it returns for that item's output. Unlike `preSend` and
// `postReceive` it may send none, one or many requests, and catch what they throw. Without `preSend`, n8n
// calls it for all items of a batch in the same tick (RoutingNode of n8n-core, seen by running it).
import type {
	DeclarativeRestApiSettings,
	IExecutePaginationFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

/** What n8n calls for each item of a node whose operation handles everything itself. */
export type Pagination = (
	this: IExecutePaginationFunctions,
	request: DeclarativeRestApiSettings.ResultOptions,
) => Promise<INodeExecutionData[]>;
