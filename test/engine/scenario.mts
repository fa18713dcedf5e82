import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { startSimulator } from '../../simulator/index.mts';
import type { Fault, JobPlan, Simulator, SimulatorOptions } from '../../simulator/index.mts';
import { buy } from '../support/buy.mts';
import { runNode, type RunOptions, type RunOutcome } from './harness.mts';

export type Operation = 'create' | 'generate' | 'waitForCompletion' | 'getStatus' | 'cancel';

export interface Scenario {
	operation: Operation;
	/** How many input items there are. */
	count?: number;
	/** How the jobs go that are bought, in the run or before it. */
	plans?: JobPlan[];
	faults?: Fault[];
	simulator?: SimulatorOptions;
	parameters?: RunOptions['parameters'];
	/** Files of every input item. */
	binary?: IBinaryKeyData;
	settings?: RunOptions['settings'];
	credential?: RunOptions['credential'];
	/** Called while the run goes on, with what a user could do then. */
	meanwhile?: (at: { stop: () => void; simulator: Simulator }) => void;
}

export interface Played extends RunOutcome {
	/** Every request of the run by its kind, in arrival order. */
	requests: string[];
	/** What was bought, in order. */
	ids: string[];
	simulator: Pick<Simulator, 'log' | 'jobs' | 'url'>;
}

/** Retry On Fail with hardly a pause between the tries. */
export const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } as const;
export const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;

/** The fields of an input item. */
export const INPUT = { at: 0, request_id: '' };

export const ORDER_PARAMETERS = {
	prompt: 'Figure 1 waves at the sea',
	referenceImages: { image: [{ source: 'url', url: 'https://example.com/a.png' }] },
	// It leads nowhere.
	options: { skipChecks: ['links'] },
};

/** One run of the node against a simulator of its own; later operations get requests bought before. */
export async function play(scenario: Scenario): Promise<Played> {
	const { operation, count = 1, plans = [], faults = [], settings, credential, binary } = scenario;
	const simulator = await startSimulator(scenario.simulator);
	try {
		simulator.planJobs(...plans);
		const isOrder = operation === 'create' || operation === 'generate';
		const requests = isOrder
			? []
			: await Promise.all(Array.from({ length: count }, () => buy(simulator)));
		simulator.log.length = 0;
		simulator.addFaults(...faults);
		const outcome = await runNode({
			simulator,
			parameters: {
				operation,
				...(isOrder && ORDER_PARAMETERS),
				...(!isOrder && { requestId: '={{ $json.request_id }}' }),
				waitOptions: { pollInterval: 0.2 },
				...scenario.parameters,
				...(isOrder && {
					options: {
						...ORDER_PARAMETERS.options,
						...(scenario.parameters?.options as IDataObject),
					},
				}),
			},
			items: Array.from({ length: count }, (_, at) => ({
				json: { at, request_id: requests[at] },
				binary,
			})),
			settings,
			credential,
			onStart: (stop) => scenario.meanwhile?.({ stop, simulator }),
		});
		return {
			...outcome,
			requests: simulator.log.map(({ kind }) => kind),
			ids: [...simulator.jobs.keys()],
			simulator,
		};
	} finally {
		await simulator.close();
	}
}

/** How often each kind of request was sent. */
export function tally(requests: string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const kind of requests) counts[kind] = (counts[kind] ?? 0) + 1;
	return counts;
}

export interface ErrorJson {
	message: string;
	submitted: string;
	request_id?: string;
	status?: string;
	video_url?: string;
	output?: unknown;
	error_code?: number;
	http_status?: number;
}
