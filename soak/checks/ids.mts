import { fateOf, isCut, type Evidence, type Order, type Ran } from './evidence.mts';

/** Each request that was bought can be found, and what may have been bought is said to be so. */
export function idIssues({ submits, turns, jobs }: Order, { log }: Evidence): string[] {
	const executions = turns.map(({ execution }) => execution);
	const found: string[] = [];
	const expect = (holds: boolean, text: string) => {
		if (!holds) found.push(text);
	};
	for (const { fate, job } of submits) {
		if (fate !== 'bought') continue;
		const { requestId } = job!;
		expect(log.includes(`RunComfy: bought request ${requestId}`), `${requestId} is not in the log`);
		expect(
			executions.some(({ customData }) => customData.runcomfy_requests?.includes(requestId)),
			`no execution names ${requestId} in its data`,
		);
		expect(
			executions.some((execution) => isCut(execution) || isTold(requestId, execution)),
			`${requestId} is neither in an output nor in an error`,
		);
	}
	const isUnclear = submits.some(({ fate }) => fate === 'unclear');
	const saysUnknown = turns.some(
		({ row, execution }) =>
			isCut(execution) ||
			row?.error?.submitted === 'unknown' ||
			/may or may not|Perhaps bought too/.test(execution.error?.message ?? ''),
	);
	expect(!isUnclear || saysUnknown || !turns.length, 'nobody says it may have been bought');
	for (const { row, execution } of turns) {
		const told = row ?? execution.error ?? (isCut(execution) || undefined);
		expect(told !== undefined, `execution ${execution.id} says nothing of it`);
		const id = row?.request_id ?? row?.error?.request_id;
		const isOwn = jobs.some(({ requestId }) => requestId === id);
		expect(!id || isOwn, `execution ${execution.id} names ${id}, which is another order's`);
		const isNothing = submits.every(({ fate }) => fate === 'refused');
		const saysNo = row?.error?.submitted === 'no' || execution.error || isCut(execution);
		expect(
			!isNothing || Boolean(saysNo),
			`execution ${execution.id} does not say it was not bought`,
		);
	}
	return found;
}

/** Whether an execution ends with this request in its items or in the error that stopped it. */
function isTold(requestId: string, { outputs, error }: Ran): boolean {
	const rows = Object.values(outputs).flat(2);
	// What one node put out is still there when the next one stops the workflow.
	return ((error?.message ?? '') + JSON.stringify(rows)).includes(requestId);
}

/** n8n's log has one warning for each submit that was not confirmed, whatever ended its execution. */
export function warningIssues({ log, simulator }: Evidence): string[] {
	const submits = simulator.log.filter(({ kind, body }) => kind === 'submit' && body);
	const unclear = submits.filter((request) => fateOf(request) === 'unclear');
	const warnings = log.split('may have been bought, but was not confirmed').length - 1;
	return warnings === unclear.length
		? []
		: [`${unclear.length} submits were not confirmed, the log tells of ${warnings}`];
}
