import { randomUUID } from 'node:crypto';
import type { OutputShape } from './outputs.mts';
import type { CompletePlan, Job, JobPlan } from './types.mts';

interface Purchase {
	n: number;
	modelId: string;
	body: Record<string, unknown>;
	costUsd?: number;
	files: Job['files'];
	queueMs: number;
	runMs: number;
	plan?: JobPlan;
}

/** A bought job. It needs no timer: its state follows from the time that has passed. */
export function createJob({ queueMs, runMs, plan = {}, ...purchase }: Purchase): Job {
	const { outcome = 'completed', states, output, ...rest } = plan;
	const files = { ...purchase.files, count: plan.fileCount ?? purchase.files.count };
	const complete: CompletePlan = {
		...rest,
		outcome,
		states: states?.length ? states : ['in_progress'],
		output: output ?? (['completed', 'succeeded'].includes(outcome) ? usualShape(files) : 'none'),
		queueMs: rest.queueMs ?? queueMs,
		runMs: rest.runMs ?? runMs,
	};
	return {
		...purchase,
		files,
		requestId: randomUUID(),
		createdAtMs: Date.now(),
		get status() {
			return statusAt(this, Date.now());
		},
		resultReads: 0,
		received: [],
		isFetching: false,
		plan: complete,
	};
}

const usualShape = ({ kind, count }: Job['files']): OutputShape =>
	kind === 'image' && count > 1 ? 'images' : kind;

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
