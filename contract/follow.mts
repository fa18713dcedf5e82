import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { at, inShort, isRefusal, type Answer, type Api } from './api.mts';

// What the node itself makes of a word.
const require = createRequire(import.meta.url);
const { phaseOf, isFinal } = require('../dist/nodes/RunComfy/api/states.js');

const MOST_WAITING_MS = 30 * 60_000;
/** The cost of a finished request may come later than its result. */
const MOST_WAITING_FOR_COST_MS = 60_000;

/** What was read of a request until it was over: words in the order in which they came. */
export interface Followed {
	status: string[];
	result: string[];
	early: Set<string>;
	last: Answer;
	/** How long after the end the cost was there; undefined when it never came. */
	costMs?: number;
}

/** Reads status and result until the result says that the request is over. */
export async function follow(api: Api, id: string, pollMs: number): Promise<Followed> {
	const path = `/v1/requests/${id}`;
	const status = new Set<string>();
	const result = new Set<string>();
	const early = new Set<string>();
	const start = performance.now();
	let last: Answer;
	for (;;) {
		status.add(String(at((await api.call(`${path}/status`)).body, 'status')));
		last = await api.call(`${path}/result?include_cost=true`);
		const word = at(last.body, 'status');
		const isOver = !isRefusal(last) && isFinal(phaseOf(word));
		if (isOver) result.add(String(word));
		else early.add(isRefusal(last) ? inShort(last) : `HTTP ${last.status}, ${String(word)}`);
		if (isOver || performance.now() - start > MOST_WAITING_MS) break;
		await sleep(pollMs);
	}
	status.add(String(at((await api.call(`${path}/status`)).body, 'status')));
	const end = performance.now();
	while (
		at(last.body, 'cost') == null &&
		performance.now() - end < Math.min(MOST_WAITING_FOR_COST_MS, 30 * pollMs)
	) {
		await sleep(pollMs);
		last = await api.call(`${path}/result?include_cost=true`);
	}
	const costMs = at(last.body, 'cost') == null ? undefined : performance.now() - end;
	return { status: [...status], result: [...result], early, last, costMs };
}
