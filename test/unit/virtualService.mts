import { Schedule } from '../../dist/nodes/RunComfy/reads/schedule.js';
import { Siblings, Wait } from '../../dist/nodes/RunComfy/reads/wait.js';

/** A job as it will go; times in ms. */
export interface VirtualJob {
	/** When it is bought. */
	at: number;
	runMs: number;
	queueMs?: number;
	/** Other jobs before it in the queue at a time; for the position that RunComfy tells. */
	position?: (now: number) => number;
	fails?: boolean;
	pollMs?: number;
}

export interface Outcome {
	/** From the first purchase to the last job that was seen to be over, in s. */
	wallS: number;
	/** From the first purchase to the last end of a job, in s. */
	longestS: number;
	readsPerJob: number;
	/** Of all reads. */
	refusedShare: number;
	/** From the end of a job to the answer that tells it, in s. */
	lateS: number[];
	/** Longest time between two looks at a job, in s. */
	longestGapS: number;
	/** When the looks were sent, in ms. */
	sentMs: number[];
	/** What was learnt, for another run. */
	siblings: Siblings;
	schedule: Schedule;
}

interface Options {
	siblings?: Siblings;
	schedule?: Schedule;
	/** Reads that are not refused in any second. */
	limit?: number;
	/** Waits end then, whatever became of their jobs. */
	timeoutMs?: number;
	/** Whether results tell when their job began and ended. */
	tellsDates?: boolean;
	/** How late n8n wakes, at most. */
	lateMs?: number;
}

const ROUND_TRIP_MS = 40;

/** Looks at all jobs as the schedule says until they are over, by a clock that takes no time. */
export function watch(jobs: VirtualJob[], options: Options = {}): Outcome {
	const { siblings = new Siblings(), schedule = new Schedule(), limit = Infinity } = options;
	const { timeoutMs = 3_600_000, tellsDates = true, lateMs = 3 } = options;
	const events: Array<{ at: number; run: () => void }> = [];
	const later = (at: number, run: () => void) => {
		const index = events.findLastIndex((event) => event.at <= at);
		events.splice(index + 1, 0, { at, run });
	};
	const waits = new Map<Wait, VirtualJob>();
	const lastLook = new Map<VirtualJob, number>();
	const [sentMs, lateS, accepted]: number[][] = [[], [], []];
	const start = Math.min(...jobs.map(({ at }) => at));
	const endOf = ({ at, queueMs = 0, runMs }: VirtualJob) => at + queueMs + runMs;
	let [refused, longestGapMs, wallMs] = [0, 0, 0];

	const over = (now: number) => {
		schedule.count--;
		wallMs = now - start;
	};
	const answer = (wait: Wait, job: VirtualJob, arrived: number, now: number) => {
		schedule.pace.answered();
		if (arrived >= endOf(job)) {
			lateS.push((now - endOf(job)) / 1000);
			if (!job.fails) wait.completed(now, tellsDates ? endOf(job) : undefined);
			over(now);
		} else if (now >= wait.deadline) over(now);
		else {
			const isQueued = arrived < job.at + (job.queueMs ?? 0);
			wait.saw(
				isQueued ? 'queued' : 'running',
				isQueued ? job.position?.(arrived) : undefined,
				now,
			);
			schedule.asking.add(wait);
		}
	};
	const look = (wait: Wait, now: number) => {
		const job = waits.get(wait)!;
		sentMs.push(now);
		longestGapMs = Math.max(longestGapMs, now - (lastLook.get(job) ?? job.at));
		lastLook.set(job, now);
		const arrived = now + ROUND_TRIP_MS / 2;
		while (accepted[0] <= arrived - 1000) accepted.shift();
		const isRefused = accepted.length >= limit;
		if (isRefused) refused++;
		else accepted.push(arrived);
		later(now + ROUND_TRIP_MS, () => {
			if (!isRefused) return answer(wait, job, arrived, now + ROUND_TRIP_MS);
			schedule.pace.refused(now, now + ROUND_TRIP_MS);
			later(now + ROUND_TRIP_MS + 1000, () => schedule.asking.add(wait));
		});
	};

	for (const job of jobs)
		later(job.at, () => {
			const wait = new Wait(siblings, job.at, job.at + timeoutMs, job.pollMs ?? 2000);
			waits.set(wait, job);
			schedule.count++;
			schedule.asking.add(wait);
		});
	for (let now = start; events.length || schedule.count; ) {
		while (events.length && events[0].at <= now) events.shift()!.run();
		const next = schedule.next(now);
		if (typeof next !== 'number') look(next, now);
		else now = Math.min(next + (sentMs.length % (lateMs + 1)), events[0]?.at ?? Infinity);
	}
	return {
		wallS: wallMs / 1000,
		longestS: (Math.max(...jobs.map(endOf)) - start) / 1000,
		readsPerJob: sentMs.length / jobs.length,
		refusedShare: refused / sentMs.length,
		lateS: lateS.sort((one, other) => one - other),
		longestGapS: longestGapMs / 1000,
		sentMs,
		siblings,
		schedule,
	};
}

/** Most of `times` (ms, ascending) within any second. */
export function busiestSecond(times: number[]): number {
	let [most, first] = [0, 0];
	for (const [index, time] of times.entries()) {
		while (time - times[first] >= 1000) first++;
		most = Math.max(most, index - first + 1);
	}
	return most;
}
