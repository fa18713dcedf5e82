import type { Execution, Item } from '../test/support/n8n/server.mts';
import { isRefusal } from '../test/fixtures/faults.mts';
import type { DataUri, Job, LoggedRequest, Simulator } from '../simulator/index.mts';
import type { Hit } from './faults.mts';
import { BUY } from './workflows.mts';

export interface Evidence {
	simulator: Pick<Simulator, 'log' | 'jobs'>;
	hits: Hit[];
	executions: Execution[];
	/** SHA-256 of the videos that were saved, by request ID. */
	saved: Map<string, string>;
	clipSha256: string;
	photoSha256: string;
	/** What n8n has logged. */
	log: string;
}

/** One input item, what became of it at RunComfy, and what n8n says of it. */
interface Generation {
	prompt: string;
	execution: Execution;
	submits: LoggedRequest[];
	jobs: Job[];
	/** The output of the node that buys, when it is an error. */
	error?: Item['json'];
	/** Whether a fault met it, or another item of its execution. */
	isHit: boolean;
}

const promptOf = (body: unknown) => (body as { prompt?: string } | undefined)?.prompt;

/** What happened in figures, and what should not have happened. */
export function judge(evidence: Evidence): { counts: Record<string, number>; failures: string[] } {
	const { simulator, executions, saved } = evidence;
	const all = generations(evidence);
	const failures = [
		...all.flatMap((generation) => issues(generation, evidence)),
		...strayIssues(evidence),
	];
	const unsaved = all.filter(({ jobs }) => !jobs.some(({ requestId }) => saved.has(requestId)));
	const stopped = unsaved.filter(({ execution }) => execution.error).length;
	const counts = {
		generations: all.length,
		executions: executions.length,
		submits: simulator.log.filter(({ kind }) => kind === 'submit').length,
		bought: simulator.jobs.size,
		'videos saved': saved.size,
		'items that ended as an error': unsaved.length - stopped,
		'items of stopped executions': stopped,
	};
	return { counts, failures };
}

function generations({ simulator, hits, executions }: Evidence): Generation[] {
	const jobs = [...simulator.jobs.values()];
	const submits = simulator.log.filter(({ kind }) => kind === 'submit');
	const promptOfRequest = new Map(jobs.map(({ requestId, body }) => [requestId, promptOf(body)]));
	const hitPrompts = new Set(hits.map((hit) => hit.prompt ?? promptOfRequest.get(hit.requestId!)));
	return executions.flatMap((execution) => {
		const { outputs } = execution;
		const prompts: string[] = outputs.Items[0].map(({ json }) => json.prompt);
		const bought = outputs[BUY]?.flat() ?? [];
		const isHit = prompts.some((prompt) => hitPrompts.has(prompt));
		return prompts.map((prompt, index) => {
			const isOwn = ({ body }: { body?: unknown }) => promptOf(body) === prompt;
			const row = bought.find((item) => (item.pairedItem as { item: number }).item === index);
			return {
				prompt,
				execution,
				submits: submits.filter(isOwn),
				jobs: jobs.filter(isOwn),
				error: row?.json.error,
				isHit,
			};
		});
	});
}

function issues(generation: Generation, { saved, log }: Evidence): string[] {
	const { prompt, execution, submits, jobs, error, isHit } = generation;
	const found: string[] = [];
	const expect = (holds: boolean, text: string) => {
		if (!holds) found.push(`${prompt} (execution ${execution.id}): ${text}`);
	};
	expect(jobs.length <= 1, `bought ${jobs.length} times`);
	for (const { n, answered } of submits.slice(0, -1))
		expect(isRefusal(answered), `sent again after request ${n} was answered ${answered}`);
	const isSaved = jobs.some(({ requestId }) => saved.has(requestId));
	expect(isSaved || isHit, 'has no video, without a fault');

	const last = submits.at(-1);
	if (last?.answered === 200 && !last.aborted) {
		const [{ requestId }] = jobs;
		expect(log.includes(`RunComfy: bought request ${requestId}`), `${requestId} is not in the log`);
		expect(isSaved || isTold(requestId, execution), `request ${requestId} is lost`);
	} else if (!last || isRefusal(last.answered)) {
		expect(error?.submitted === 'no' || Boolean(execution.error), 'nobody says it was not bought');
	} else {
		const isStopped = /may or may not|Perhaps bought too/.test(execution.error?.message ?? '');
		expect(error?.submitted === 'unknown' || isStopped, 'nobody says it may have been bought');
	}
	return found;
}

/** Whether an execution ends with this request in an error item or in the error that stopped it. */
function isTold(requestId: string, { outputs, error }: Execution): boolean {
	const rows = Object.values(outputs).flat(2);
	if (rows.some(({ json }) => json.error?.request_id === requestId)) return true;
	// What one node put out is still there when the next one stops the workflow.
	return Boolean(error) && (error!.message + JSON.stringify(rows)).includes(requestId);
}

function strayIssues({ simulator, saved, clipSha256, photoSha256 }: Evidence): string[] {
	const cancels = simulator.log.filter(({ kind }) => kind === 'cancel').length;
	const damaged = [...saved].filter(
		([requestId, sha256]) => !simulator.jobs.has(requestId) || sha256 !== clipSha256,
	);
	const uploads = [...simulator.jobs.values()]
		.flatMap(({ body }) => body.images as Array<string | DataUri>)
		.filter((image) => typeof image !== 'string');
	const wrong = uploads.filter(({ sha256 }) => sha256 !== photoSha256);
	return [
		...(cancels ? [`${cancels} requests were cancelled, though nobody stopped`] : []),
		...damaged.map(([requestId]) => `the video of ${requestId} is not what was made`),
		...wrong.map(({ bytes }) => `a reference of ${bytes} bytes is not the photo`),
	];
}
