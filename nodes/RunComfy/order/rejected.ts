import { Failure } from '../api/failure';
import { CHECKS, type Check, type PreparedOrder } from './order';

/** Issues that a message names before it says how many more there are. */
const MAX_NAMED_ISSUES = 10;

const COUNTED = 'Items are counted from 0, as n8n counts them.';

/** What the form calls the checks that can be skipped. */
export const CHECK_NAMES: Record<Check, string> = {
	prompt: 'Prompt',
	links: 'Links',
	limits: 'Limits',
};

type Rejected = Pick<PreparedOrder, 'issues' | 'combined'>;

/**
 * The failure of items that cannot be sent: each item, field, value, limit and what to do. `itemCount`
 * is how many items the failure stops; some of them may have been bought `before`.
 */
export function rejected(orders: Rejected[], itemCount = 1, before = false): Failure {
	const issues = orders.flatMap((order) => order.issues);
	const named = issues.slice(0, MAX_NAMED_ISSUES);
	const rest = issues.length - named.length;
	const more = rest > 0 ? `. And ${rest} more` : '';
	const skip = skippable(issues.map(({ check }) => check));
	const combined = orders.some((order) => order.combined);
	if (itemCount === 1 && !combined) {
		const texts = named.map(({ text }) => text);
		const hint = ['Nothing was bought.', ...skip].join(' ');
		return new Failure(`${texts.join('. ')}${more}`, { submitted: 'no', hint });
	}
	const texts = named.map(({ item, text }) => `Item ${item}: ${text}`);
	const wrong = new Set(issues.map(({ item }) => item)).size;
	const goOn = combined
		? []
		: ["To let the other items go on without them, set 'On Error' under Settings to continue."];
	return new Failure(
		`Nothing ${before ? 'more ' : ''}was bought, because ${wrong} ${wrong === 1 ? 'item needs' : 'items need'} a change. ${texts.join('. ')}${more}`,
		{ submitted: 'no', hint: [...goOn, COUNTED, ...skip].join(' ') },
	);
}

/** How to go on without the checks that found something, where that is left to the user. */
function skippable(found: Array<Check | undefined>): string[] {
	const names = CHECKS.filter((check) => found.includes(check)).map((check) => CHECK_NAMES[check]);
	return names.length
		? [
				`If it is meant as it is, add 'Skip Checks' under Options and choose ${names.join(' and ')}.`,
			]
		: [];
}
