import type { Job } from '../../simulator/index.mts';
import type { Evidence, Order, Submit } from './evidence.mts';

const GOOD_ENDS = ['completed', 'succeeded'];

/** Nothing is bought twice: an order is sent again only after a refusal, or when what it bought has failed. */
export function moneyIssues(order: Order, evidence: Evidence): string[] {
	const { submits, jobs, turns } = order;
	const again = submits.slice(1).flatMap((next, at) => {
		const why = whyNotAgain(submits[at], next.request.atMs, order, evidence);
		return why ? [`submit ${next.request.n} came though ${why}`] : [];
	});
	const fresh = turns.filter(
		({ row, isFresh }) => isFresh && row?.request_id && !row.reused,
	).length;
	return [
		...again,
		...(fresh > jobs.length ? [`${fresh} executions say that they bought it`] : []),
	];
}

/** Why an order must not be sent at that time, after this submit. */
function whyNotAgain(
	{ request: { n }, fate, job }: Submit,
	atMs: number,
	{ turns }: Order,
	{ simulator }: Evidence,
): string | undefined {
	if (fate === 'refused') return undefined;
	if (fate === 'unclear') return `submit ${n} may have bought it`;
	if (turns.length === 1) return `submit ${n} had bought it in the same execution`;
	const { requestId } = job!;
	const saidGone = simulator.log.some(
		(read) =>
			read.kind === 'result' &&
			read.requestId === requestId &&
			read.answered === 404 &&
			read.atMs <= atMs,
	);
	return saidGone || diedBefore(atMs, job!) ? undefined : `${requestId} was there`;
}

function diedBefore(atMs: number, { cancelledAtMs, createdAtMs, plan }: Job) {
	if (cancelledAtMs !== undefined) return cancelledAtMs <= atMs;
	return !GOOD_ENDS.includes(plan.outcome) && createdAtMs + plan.queueMs + plan.runMs <= atMs;
}
