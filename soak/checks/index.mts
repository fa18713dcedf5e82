import { isCut, ordersOf, type Evidence, type Order } from './evidence.mts';
import { damagedFiles, fetchedLinks, fileIssues, mustSucceed } from './files.mts';
import { idIssues, warningIssues } from './ids.mts';
import { moneyIssues } from './money.mts';

export type { Evidence, Ran } from './evidence.mts';

const CHECKS = [moneyIssues, idIssues, fileIssues];

/** What happened in figures, and what should not have happened. */
export function judge(evidence: Evidence): {
	counts: Record<string, number>;
	failures: string[];
} {
	const orders = ordersOf(evidence);
	const failures = [
		...orders.flatMap((order) => issuesOf(order, evidence)),
		...warningIssues(evidence),
		...cancelIssues(orders, evidence),
		...damagedFiles(evidence),
		...evidence.refusedRetries,
	];
	return { counts: countsOf(orders, evidence), failures };
}

const issuesOf = (order: Order, evidence: Evidence): string[] =>
	CHECKS.flatMap((check) => check(order, evidence)).map((text) => {
		const ids = order.turns.map(({ execution }) => execution.id);
		return `${order.prompt} (execution ${ids.join(', ')}): ${text}`;
	});

/** Only what n8n cut off is cancelled. */
function cancelIssues(orders: Order[], { simulator }: Evidence): string[] {
	const cut = orders.filter(({ turns }) => turns.some(({ execution }) => isCut(execution)));
	const mayBe = new Set(cut.flatMap(({ jobs }) => jobs.map(({ requestId }) => requestId)));
	return simulator.log.flatMap(({ kind, requestId }) =>
		kind === 'cancel' && !mayBe.has(requestId!) ? [`${requestId} was cancelled for nothing`] : [],
	);
}

function countsOf(orders: Order[], evidence: Evidence): Record<string, number> {
	const { executions, simulator, saved } = evidence;
	const submits = simulator.log.filter(({ kind }) => kind === 'submit');
	const turns = orders.flatMap((order) => order.turns);
	const stopped = executions.filter(({ isStopped }) => isStopped).length;
	const count = (list: unknown[]) => list.length;
	return {
		generations: orders.length,
		executions: executions.length,
		'… retried by n8n': count(executions.filter(({ retryOf }) => retryOf)),
		'… stopped by the user': stopped,
		'… ended by n8n, timeout': count(executions.filter(isCut)) - stopped,
		'generations in all of them': count(turns),
		'… that got what was bought': count(turns.filter(({ row }) => row?.reused)),
		'… that nothing may keep from its file': count(turns.filter(mustSucceed)),
		submits: submits.length,
		'… answered 429': count(submits.filter(({ answered }) => answered === 429)),
		bought: simulator.jobs.size,
		'… anew after a failure': orders.reduce(
			(sum, { jobs }) => sum + Math.max(0, jobs.length - 1),
			0,
		),
		'photos fetched by link': fetchedLinks(evidence),
		'generations with a file': new Set([...saved.keys()].map((name) => name.split(' ')[1])).size,
		'files saved': saved.size,
		'… complete': saved.size - count(damagedFiles(evidence)),
	};
}
