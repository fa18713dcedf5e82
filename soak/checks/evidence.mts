import { isRefusal } from '../../test/fixtures/faults.mts';
import type { Execution, Item } from '../../test/support/n8n/server.mts';
import type { Job, LoggedRequest, Simulator } from '../../simulator/index.mts';
import { isFatal, type Hit } from '../faults.mts';
import { BUY, ITEMS } from '../nodes.mts';

/** An execution of one of the soak's workflows. */
export interface Ran extends Execution {
	/** Of its webhook. */
	path: string;
	/** The user stopped it. */
	isStopped: boolean;
}

/** Everything that is known when all is over. */
export interface Evidence {
	simulator: Pick<Simulator, 'log' | 'jobs'>;
	hits: Hit[];
	executions: Ran[];
	/** What n8n said of retries that it did not make. */
	refusedRetries: string[];
	/** SHA-256 of the files that were saved, by the IDs of execution and request. */
	saved: Map<string, string>;
	/** What n8n has logged. */
	log: string;
	/** SHA-256 of what was sent, and of what is made, by the end of a file's name. */
	sent: { photo: string; url: string };
	made: Record<string, string>;
}

/** One order in one execution. */
export interface Turn {
	execution: Ran;
	/** What the node that buys returned for it. */
	row?: Item['json'];
	/** It returned that in this execution; n8n's Retry of a later node begins with what was returned before. */
	isFresh: boolean;
	/** No fault that may cost a file met its execution's items, and nobody stopped one that had them too. */
	isUndisturbed: boolean;
	/** Everything that its execution orders had been made before it began. */
	wasMade: boolean;
}

/** What became of a submit, as far as the client could tell. */
export interface Submit {
	request: LoggedRequest;
	fate: 'refused' | 'bought' | 'unclear';
	/** What was bought by it, whether or not the client knows. */
	job?: Job;
}

/** Everything that is about one prompt, which is one order: each stands in the soak only once. */
export interface Order {
	prompt: string;
	turns: Turn[];
	submits: Submit[];
	jobs: Job[];
}

/** n8n ended it, by its timeout or because the user stopped it: what its nodes throw then is dropped. */
export const isCut = ({ status }: Ran): boolean => status === 'canceled';

export const promptOf = (body: unknown) => (body as { prompt?: string } | undefined)?.prompt;

/** All orders, from the prompts that executions began with. */
export function ordersOf({ simulator, hits, executions }: Evidence): Order[] {
	const jobs = Map.groupBy(simulator.jobs.values(), ({ body }) => promptOf(body));
	const requests = Map.groupBy(
		simulator.log.filter(({ kind }) => kind === 'submit'),
		({ body }) => promptOf(body),
	);
	const promptOfRequest = (id?: string) => promptOf(simulator.jobs.get(id ?? '')?.body);
	const promptsOf = ({ outputs, customData }: Ran): string[] =>
		outputs[ITEMS]?.[0].map(({ json }) => json.prompt) ??
		// n8n saves nothing of what the user stopped but its custom data.
		requestsIn(customData).flatMap((id) => promptOfRequest(id) ?? []);
	const stopped = executions.filter(({ isStopped }) => isStopped);
	const disturbed = new Set([
		...hits.filter(isFatal).map(({ prompt, requestId }) => prompt ?? promptOfRequest(requestId)),
		...stopped.flatMap(promptsOf),
	]);
	const turns = executions.flatMap((execution) => {
		const prompts = promptsOf(execution);
		const isUndisturbed = !prompts.some((prompt) => disturbed.has(prompt));
		const wasMade = prompts.every((prompt) => wasMadeBefore(execution, jobs.get(prompt)));
		return prompts.map((prompt, index) => {
			const row = rowOf(execution, index);
			const isFresh =
				Number(execution.runs[BUY]?.[0]?.startTime) >= Date.parse(execution.startedAt);
			return { prompt, turn: { execution, row, isFresh, isUndisturbed, wasMade } };
		});
	});
	const turnsOf = Map.groupBy(turns, ({ prompt }) => prompt);
	const prompts = new Set([...turnsOf.keys(), ...jobs.keys()]);
	return [...prompts].map((prompt = '') => ({
		prompt,
		turns: (turnsOf.get(prompt) ?? []).map(({ turn }) => turn),
		submits: submitsOf(requests.get(prompt) ?? [], jobs.get(prompt) ?? []),
		jobs: jobs.get(prompt) ?? [],
	}));
}

/** The requests that an execution names in its custom data. */
const requestsIn = ({ runcomfy_requests: named = '' }: Ran['customData']): string[] =>
	named.replace(/^.*: /, '').split(', ').filter(Boolean);

const wasMadeBefore = ({ startedAt }: Ran, jobs: Job[] = []): boolean =>
	jobs.some(
		({ cancelledAtMs, createdAtMs, plan }) =>
			cancelledAtMs === undefined &&
			createdAtMs + plan.queueMs + plan.runMs < Date.parse(startedAt),
	);

/** What the node that buys returned for an item. */
function rowOf({ outputs }: Ran, index: number): Item['json'] | undefined {
	const rows = outputs[BUY]?.flat() ?? [];
	return rows.find(({ pairedItem }) => (pairedItem as { item: number }).item === index)?.json;
}

/** The submits of an order, each with the job that the simulator made of it. */
const submitsOf = (requests: LoggedRequest[], jobs: Job[]): Submit[] =>
	requests.map((request) => ({
		request,
		fate: fateOf(request),
		job: jobs.find(({ body }) => body === request.body),
	}));

export function fateOf({ answered, aborted }: LoggedRequest): Submit['fate'] {
	if (aborted) return 'unclear';
	if (isRefusal(answered)) return 'refused';
	return answered === 200 ? 'bought' : 'unclear';
}
