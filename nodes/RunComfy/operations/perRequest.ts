import type { INodeExecutionData } from 'n8n-workflow';

import { Failure, toFailure } from '../api/failure';
import type { Pagination } from '../n8n/pagination';
import { failedTogether } from '../output/errors';
import type { Entered, Item } from '../run/item';
import type { Entry } from '../run/ledger';
import { failedItem, perItem, returnsFailures } from './perItem';
import { checkedRequestId, requestIdsOf } from './requestId';

type RequestWork = (item: Item, requestId: string) => Promise<INodeExecutionData[]>;

/**
 * Makes an operation out of what it does for one request that was bought before. An item names one or
 * several; each succeeds or fails on its own.
 */
export function perRequest(work: RequestWork): Pagination {
	return perItem(async (entered) => {
		const ids = requestIdsOf(entered.context);
		const outcomes = await Promise.all(ids.map(async (id) => await attempt(entered, id, work)));
		const failures = outcomes.filter((outcome) => outcome instanceof Failure);
		if (failures.length && !returnsFailures(entered)) throw failedTogether(failures, ids.length);
		return outcomes.flatMap((outcome) =>
			outcome instanceof Failure ? [failedItem(entered, outcome)] : outcome,
		);
	});
}

async function attempt(
	entered: Entered,
	id: unknown,
	work: RequestWork,
): Promise<INodeExecutionData[] | Failure> {
	let requestId: string | undefined;
	let item: Item | undefined;
	try {
		requestId = checkedRequestId(id);
		const entry = entryOf(entered, requestId);
		const connected = entered.connected().catch((error: unknown) => {
			throw toFailure(error, 'yes').with({ submitted: 'yes' });
		});
		item = { ...(await connected), entry };
		return (entry.output ??= await work(item, requestId));
	} catch (error) {
		return toFailure(error, 'yes', item?.api.clean).with({ requestId });
	}
}

/** What is known of one of several requests that an item names. */
function entryOf({ entry, index }: Entered, requestId: string): Entry {
	entry.requests ??= new Map();
	const known = entry.requests.get(requestId) ?? { index };
	entry.requests.set(requestId, known);
	return known;
}
