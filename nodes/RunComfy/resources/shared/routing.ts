import type { INodePropertyRouting } from 'n8n-workflow';

import type { Pagination } from '../../n8n/pagination';

/**
 * Routing that hands an operation all of its work. Its code is loaded on first use: every n8n
 * loads the form when it starts, and most of them never run the node.
 */
export function routing(load: () => Promise<Pagination>): INodePropertyRouting {
	return {
		send: { paginate: true },
		operations: {
			async pagination(request) {
				return await (await load()).call(this, request);
			},
		},
	};
}
