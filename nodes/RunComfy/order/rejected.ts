import { Failure } from '../api/failure';
import type { Order } from './order';

/** Issues that a message names before it says how many more there are. */
const MAX_NAMED_ISSUES = 10;

const COUNTED = 'Items are counted from 0, as n8n counts them.';

type Rejected = Pick<Order, 'issues' | 'combined'>;

/**
 * The failure of items that cannot be sent: each item, field, value, limit and what to do. `itemCount`
 * is how many items the failure stops; some of them may have been bought `before`.
 */
export function rejected(orders: Rejected[], itemCount = 1, before = false): Failure {
	const issues = orders.flatMap((order) => order.issues);
	const named = issues.slice(0, MAX_NAMED_ISSUES);
	const rest = issues.length - named.length;
	const more = rest > 0 ? `. And ${rest} more` : '';
	const combined = orders.some((order) => order.combined);
	if (itemCount === 1 && !combined) {
		const texts = named.map(({ text }) => text);
		const hint = 'Nothing was bought.';
		return new Failure(`${texts.join('. ')}${more}`, { submitted: 'no', hint });
	}
	const texts = named.map(({ item, text }) => `Item ${item}: ${text}`);
	const wrong = new Set(issues.map(({ item }) => item)).size;
	return new Failure(
		`Nothing ${before ? 'more ' : ''}was bought, because ${wrong} ${wrong === 1 ? 'item needs' : 'items need'} a change. ${texts.join('. ')}${more}`,
		{
			submitted: 'no',
			hint: combined
				? COUNTED
				: `To let the other items go on without them, set 'On Error' under Settings to continue. ${COUNTED}`,
		},
	);
}
