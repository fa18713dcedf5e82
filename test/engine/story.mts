import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator, type LoggedRequest, type Simulator } from '../../simulator/index.mts';
import { until } from '../support/until.mts';
import { anotherProcess, runNode, type RunOptions, type RunOutcome } from './harness.mts';
import { INPUT, ORDER_PARAMETERS } from './scenario.mts';
import { KEYS, type Schedule } from './schedules.mts';

/** An execution, and the orders of its items. */
export interface Execution extends RunOutcome {
	orders: number[];
	/** Of items that came back: the error of each. */
	errors?: IDataObject[];
	isStopped: boolean;
}

/** Executions that ran at the same time. */
export interface Round {
	what: 'first' | 'again' | 'back' | 'retry';
	executions: Execution[];
	/** What the simulator was sent meanwhile. */
	log: LoggedRequest[];
}

export interface Story {
	rounds: Round[];
	simulator: Pick<Simulator, 'log' | 'jobs'>;
}

const REQUEST_TIMEOUT_MS = 1_000;

let stories = 0;
const elsewhere = anotherProcess();

/** Plays a schedule: executions of one workflow against a simulator of its own. */
export async function play(schedule: Schedule): Promise<Story> {
	const { caller, orders, isTwice, limits, plans, faults, next, mode } = schedule;
	let over = 0;
	const simulator = await startSimulator({ ...limits, onRequest: () => over++ });
	const workflowId = `story-${++stories}`;
	const rounds: Round[] = [];
	// What n8n keeps of the workflow, and what it kept before the last execution.
	let [kept, keptBefore]: IDataObject[] = [{}, {}];

	/** Runs executions at once, and does what n8n does before and after. */
	const round = async (
		what: Round['what'],
		node: RunOptions['node'],
		runs: Array<Pick<Execution, 'orders' | 'errors'> & Partial<RunOptions>>,
		stopAt?: number,
	) => {
		const from = simulator.log.length;
		const before = kept;
		const executions = await Promise.all(
			runs.map(async ({ orders, errors, ...more }) => {
				const staticData = JSON.parse(JSON.stringify(more.staticData ?? before)) as IDataObject;
				const outcome = await runNode({
					...optionsOf(schedule, orders, errors),
					simulator,
					workflowId,
					node,
					...more,
					staticData,
					onStart: (stop) => void stopWhen(stop, simulator, stopAt),
				});
				kept = outcome.savedData ?? kept;
				return { ...outcome, orders, errors, isStopped: stopAt !== undefined };
			}),
		);
		keptBefore = before;
		// What a tool has answered may still go on. n8n 2.0.3 (axios 1.12.0) gives a request up after its timeout,
		// but leaves the connection open.
		await until('all is quiet', async () => {
			const count = simulator.log.length;
			await sleep(caller === 'n8n' ? 0 : 100);
			const { atMs = 0 } = simulator.log.at(-1) ?? {};
			const isTimedOut = Date.now() - atMs > REQUEST_TIMEOUT_MS + 1_000;
			return simulator.log.length === count && (over === count || isTimedOut);
		}, { everyMs: 10 }); // prettier-ignore
		rounds.push({ what, executions, log: simulator.log.slice(from) });
	};

	try {
		simulator.planJobs(...plans);
		simulator.addFaults(...faults);
		const calls = caller === 'tool' ? orders.map((order) => [order]) : [orders];
		const first = calls.map((orders) => ({ orders, mode }));
		const stopAt = isTwice ? undefined : schedule.stopAt;
		await round('first', undefined, isTwice ? [...first, ...first] : first, stopAt);
		for (const { what, fromOriginal, ...at } of next) {
			// Only what n8n saves can be known elsewhere: not after a stop, nor of what is done by hand. Calls of
			// tools are known where they were made.
			const isSaved = mode !== 'manual' && stopAt === undefined && caller === 'n8n';
			const node = at.elsewhere && isSaved ? elsewhere : undefined;
			const last = rounds.at(-1)!;
			if (what === 'again' || caller !== 'n8n') await round('again', node, first);
			else if (schedule.onError !== 'stopWorkflow') {
				const back = last.executions.flatMap(errorsOf);
				const run = {
					orders: back.map(({ order }) => order),
					errors: back.map(({ error }) => error),
				};
				if (back.length) await round('back', node, [{ ...run, mode }]);
			} else {
				const retryOf = last.executions.find(({ error, isStopped }) => error && !isStopped);
				const staticData = fromOriginal ? keptBefore : kept;
				if (retryOf && last.executions.length === 1)
					await round('retry', node, [
						{ orders: retryOf.orders, retryOf, mode: 'retry', staticData },
					]);
			}
		}
		return { rounds, simulator };
	} finally {
		await simulator.close();
	}
}

/** The items that failed, by their order. */
const errorsOf = ({ orders, items, errorItems }: Execution) =>
	[...items, ...errorItems].flatMap(({ json, pairedItem }) => {
		const { item } = pairedItem as { item: number };
		return json.error ? [{ order: orders[item], error: json.error as IDataObject }] : [];
	});

function optionsOf(
	{ caller, operation, onError, batchSize, maxTries, maxConcurrent }: Schedule,
	orders: number[],
	errors: IDataObject[] = [],
): Omit<RunOptions, 'simulator'> {
	const retry = maxTries > 0 && { retryOnFail: true, maxTries, waitBetweenTries: 1 };
	const batching = batchSize > 0 && { batch: { batchSize, batchInterval: 20 } };
	const order = caller === 'agent' ? "$fromAI('order', '', 'number')" : '$json.at';
	const items = orders.map((at, index): INodeExecutionData => {
		const error = errors[index];
		return { json: { ...INPUT, at, ...(error && { error }) } };
	});
	return {
		...(caller === 'agent' ? { asAgent: orders.map((order) => ({ order })) } : { items }),
		...(caller === 'tool' && { type: 'runComfyTool' }),
		settings: { onError, ...retry },
		parameters: {
			operation,
			...ORDER_PARAMETERS,
			prompt: `={{ "Figure 1 waves " + ${order} }}`,
			options: {
				...ORDER_PARAMETERS.options,
				maxConcurrent,
				idempotencyKey: `={{ ${JSON.stringify(KEYS)}[${order}] }}`,
			},
			waitOptions: { pollInterval: 0.5, ...(caller === 'n8n' && { timeout: 200 }) },
			requestOptions: { timeout: REQUEST_TIMEOUT_MS, ...(batching && { batching }) },
		},
	};
}

async function stopWhen(stop: () => void, { log }: Simulator, stopAt?: number): Promise<void> {
	if (stopAt === undefined) return;
	let isOver = false;
	setTimeout(() => (isOver = true), 1500);
	await until('it is the time to stop', () => log.length >= stopAt || isOver, { everyMs: 5 });
	stop();
}
