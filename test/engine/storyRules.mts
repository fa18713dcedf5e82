import type { IDataObject } from 'n8n-workflow';
import { isRefusal } from '../fixtures/faults.mts';
import type { Job, LoggedRequest } from '../../simulator/index.mts';
import { outcomes } from './checks.mts';
import type { Played } from './scenario.mts';
import { KEYS, type Schedule } from './schedules.mts';
import type { Execution, Round, Story } from './story.mts';

/** A submit that RunComfy may have taken. */
interface Sent {
	order: number;
	round: number;
	job?: Job;
	/** It failed, was cancelled, or RunComfy has said that it does not know it. */
	isDead: boolean;
}

/** Ends the check with these words where a rule was broken. */
function rule(isKept: boolean, broken: string): void {
	if (!isKept) throw new Error(broken);
}

/** Checks that nothing was bought twice, that nothing is lost, and that what was used again says so. */
export function check(schedule: Schedule, story: Story): void {
	const { rounds } = story;
	for (const round of rounds) {
		for (const order of new Set(round.executions.flatMap(({ orders }) => orders)))
			checkOrder(schedule, story, round, order);
		for (const execution of round.executions) checkExecution(schedule, execution);
		const cancels = round.log.filter(({ kind }) => kind === 'cancel');
		const isStopped = heardBy(schedule, story, round).some((execution) => execution.isStopped);
		rule(isStopped || cancels.length === 0, 'cancelled without a stop');
		expect(new Set(cancels.map(({ requestId }) => requestId)).size).toBe(cancels.length);
	}
	const sent = rounds.flatMap((round, at) => sentIn(story, round, at));
	for (const same of Object.values(Object.groupBy(sent, ({ order }) => nameOf(schedule, order))))
		checkSame(schedule, story, same!);
}

/** What makes orders the same purchase, whenever they come; unkeyed ones are so for callers of tools only. */
const nameOf = ({ caller }: Schedule, order: number) =>
	KEYS[order] ?? (caller === 'n8n' ? `${order}` : `call ${order}`);

const orderOf = ({ body }: Pick<LoggedRequest, 'body'>): number =>
	Number(/^Figure 1 waves (\d)$/.exec((body as { prompt?: string })?.prompt ?? '')?.[1]);

function sentIn({ simulator: { log, jobs } }: Story, round: Round, at: number): Sent[] {
	const submits = round.log.filter(
		({ kind, answered }) => kind === 'submit' && !isRefusal(answered),
	);
	return submits.map((entry) => {
		const job = [...jobs.values()].find(({ body }) => body === entry.body);
		const isGone = log.some(
			({ kind, requestId, answered }) =>
				kind === 'result' && requestId === job?.requestId && answered === 404,
		);
		const isDead = job && (isGone || ['failed', 'cancelled'].includes(job.status));
		return { order: orderOf(entry), round: at, job, isDead: Boolean(isDead) };
	});
}

/** The submits of one order in executions that ran at once, and what was told of them. */
function checkOrder(schedule: Schedule, story: Story, round: Round, order: number): void {
	const { caller, maxTries } = schedule;
	const { executions, log } = round;
	const submits = log.filter((entry) => entry.kind === 'submit' && orderOf(entry) === order);
	const takes = executions.flatMap(({ orders }) => orders.filter((own) => own === order)).length;
	const tries = submits.filter(({ answered }) => answered !== 429);
	// What a tool has answered may be sent still, when others have been called.
	const isCounted = caller === 'n8n';
	rule(
		!isCounted || tries.length <= takes * Math.max(1, maxTries),
		`${order}: ${tries.length} submits`,
	);
	const own = sentIn(story, round, 0).filter((sent) => sent.order === order);
	const cameBack = executions.flatMap(({ orders, errors = [] }) =>
		errors.filter((error, item) => orders[item] === order && wasSent(error)),
	).length;
	rule(!isCounted || own.length <= takes - cameBack, `order ${order} was sent ${own.length} times`);
	if (takes === 1 && isCounted)
		for (const { answered } of submits.slice(0, -1))
			rule(isRefusal(answered), `order ${order} was sent again after ${answered ?? 'nothing'}`);

	const heard = heardBy(schedule, story, round);
	const isStopped = heard.some((execution) => execution.isStopped);
	const told = heard.map(toldBy).join('\n');
	const logged = heard.flatMap((execution) => execution.log).join('\n');
	const isUnconfirmed = heard.some((execution) =>
		execution.orders.some(
			(own, item) =>
				own === order &&
				execution.log.some((line) =>
					line.includes(`item ${caller === 'agent' ? 0 : item} may have`),
				),
		),
	);
	for (const { job } of own) {
		if (!job) continue;
		const isTold = told.includes(job.requestId);
		const isLate = isStopped || /not_confirmed_yet/.test(told);
		rule(
			isTold || isUnconfirmed || (isLate && logged.includes(job.requestId)),
			`request ${job.requestId} of order ${order} is lost`,
		);
	}
	if (own.some(({ job }) => !job) && !isStopped)
		expect(told).toMatch(/may or may not|Perhaps bought too|not_confirmed_yet/);
}

/** Whose words count for a round: what goes on after a tool has answered is told to the next call. */
const heardBy = ({ caller }: Schedule, { rounds }: Story, round: Round): Execution[] =>
	(caller === 'n8n' ? [round] : rounds).flatMap(({ executions }) => executions);

const wasSent = ({ submitted, order }: IDataObject) => Boolean(order) && submitted !== 'no';

const rowsOf = ({ items, errorItems }: Execution) =>
	[...items, ...errorItems].map(({ json }) => json);

const toldBy = (execution: Execution): string =>
	[
		JSON.stringify(rowsOf(execution)),
		execution.error?.message,
		execution.error?.description,
	].join();

function checkExecution({ caller, onError }: Schedule, execution: Execution): void {
	const { orders, isStopped, error, log } = execution;
	const results = rowsOf(execution).flatMap((row) => (caller === 'agent' ? answersIn(row) : [row]));
	const good = results.filter((json) => !json.error && json.request_id);
	for (const [id, same] of Object.entries(
		Object.groupBy(good, (json) => String(json.request_id)),
	)) {
		const fresh = same!.filter(({ reused }) => !reused).length;
		const own = log.some((line) => line.endsWith(`bought request ${id}`)) ? 1 : 0;
		rule(fresh <= own, `request ${id} is used ${fresh} times without saying so`);
	}
	if (caller !== 'n8n') return;
	const { bad } = outcomes(execution as unknown as Played);
	if (isStopped) return;
	if (onError === 'stopWorkflow')
		rule(Boolean(error) || good.length === orders.length, 'item missing');
	else expect(good.length + bad.length).toBe(orders.length);
}

/** What an agent was answered, call by call. */
const answersIn = (row: IDataObject): IDataObject[] =>
	Object.values(row).flatMap((text) => {
		try {
			const [{ json, ...rest }] = JSON.parse(String(text));
			return [json ?? rest];
		} catch {
			return [];
		}
	});

/** The submits of all that is the same purchase, over all executions. */
function checkSame({ caller }: Schedule, { rounds }: Story, same: Sent[]): void {
	const [{ order }] = same;
	if (KEYS[order] || caller !== 'n8n') {
		for (const { isDead } of same.slice(0, -1))
			rule(isDead, `${KEYS[order] ?? order} was bought again, though it had not failed`);
		return;
	}
	// What failed and is run again or comes back, is one purchase with what it comes from.
	let chain: Sent[] = [];
	for (const [at, { what, executions }] of rounds.entries()) {
		if (what === 'first' || what === 'again') chain = [];
		chain.push(...same.filter(({ round }) => round === at));
		if (executions.length > 1) continue;
		const takes = executions[0].orders.filter((own) => own === order).length;
		const alive = what === 'back' ? [] : chain.filter(({ isDead }) => !isDead);
		rule(alive.length <= takes, `order ${order} was bought ${alive.length} times`);
	}
}
