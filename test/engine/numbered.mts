import type { Job, LoggedRequest, Simulator } from '../../simulator/index.mts';

/** A prompt that names its item. */
export const NUMBERED = { prompt: '={{ "Figure 1 waves " + $json.at }}' };

/** The item that a submit or a job is of. */
export const itemOf = ({ body }: { body?: unknown }): number =>
	Number(/\d+$/.exec(String((body as { prompt?: string } | undefined)?.prompt))?.[0]);

/** The submits that were answered so, or all of them, in the order they arrived in. */
export const submitsOf = ({ log }: Pick<Simulator, 'log'>, answered?: number): LoggedRequest[] =>
	log.filter((entry) => entry.kind === 'submit' && [undefined, entry.answered].includes(answered));

/** How many jobs were unfinished at a time, at most. */
export function mostAtATime({ jobs }: Pick<Simulator, 'jobs'>): number {
	const all = [...jobs.values()];
	const endOf = ({ createdAtMs, plan }: Job) => createdAtMs + plan.queueMs + plan.runMs;
	const unfinished = (at: number) =>
		all.filter((job) => job.createdAtMs <= at && at < endOf(job)).length;
	return Math.max(0, ...all.map(({ createdAtMs }) => unfinished(createdAtMs)));
}
