import { randomUUID } from 'node:crypto';
import type { CompletePlan, Job, JobPlan } from './types.mts';

interface Purchase {
	n: number;
	modelId: string;
	body: Record<string, unknown>;
	costUsd: number;
	queueMs: number;
	runMs: number;
	plan?: JobPlan;
}

/** A bought job. It needs no timer: its state follows from the time that has passed. */
export function createJob({ n, modelId, body, costUsd, queueMs, runMs, plan = {} }: Purchase): Job {
	const { outcome = 'completed', states, output, ...rest } = plan;
	const complete: CompletePlan = {
		...rest,
		outcome,
		states: states?.length ? states : ['in_progress'],
		output: output ?? (['completed', 'succeeded'].includes(outcome) ? 'video' : 'none'),
		queueMs: rest.queueMs ?? queueMs,
		runMs: rest.runMs ?? runMs,
	};
	return {
		n,
		requestId: randomUUID(),
		modelId,
		body,
		createdAtMs: Date.now(),
		get status() {
			return statusAt(this, Date.now());
		},
		resultReads: 0,
		costUsd,
		received: [],
		isFetching: false,
		plan: complete,
	};
}

function statusAt({ createdAtMs, cancelledAtMs, isFetching, plan }: Job, nowMs: number): string {
	if (cancelledAtMs !== undefined) return 'cancelled';
	const ranMs = nowMs - createdAtMs - plan.queueMs;
	if (ranMs < 0) return 'in_queue';
	if (ranMs >= plan.runMs) return isFetching ? plan.states[0] : plan.outcome;
	return plan.states[Math.floor((ranMs / plan.runMs) * plan.states.length)];
}

export function isOver(job: Job): boolean {
	if (job.cancelledAtMs !== undefined) return true;
	return !job.isFetching && Date.now() >= endsAtMs(job);
}

/** Unix time in milliseconds. */
export function endsAtMs({ createdAtMs, cancelledAtMs, plan }: Job): number {
	return cancelledAtMs ?? createdAtMs + plan.queueMs + plan.runMs;
}

/** 1 = next: the job's place among those still in the queue. */
export function queuePosition(job: Job, jobs: Iterable<Job>): number {
	return [...jobs].filter(({ n, status }) => n < job.n && status === 'in_queue').length + 1;
}
