import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { simulator } from '../support/simulator.mts';
import { runNode, type RunOptions, type RunOutcome } from './harness.mts';

export interface ModelOrder {
	modelId: string;
	/** By name, as the form gives them. */
	inputs?: unknown;
	operation?: string;
	options?: IDataObject;
	/** Other parameters. */
	parameters?: IDataObject;
}

/** The parameters of an order as the form saves them. */
export const modelParameters = ({
	modelId,
	inputs = {},
	operation = 'create',
	options = {},
	parameters = {},
}: ModelOrder): IDataObject => ({
	resource: 'model',
	operation,
	modelId: { __rl: true, mode: 'id', value: modelId },
	...(typeof inputs === 'string'
		? { specifyInputs: 'json', inputsJson: inputs }
		: {
				modelInputs: {
					mappingMode: 'defineBelow',
					value: inputs as IDataObject,
					matchingColumns: [],
					schema: [],
				},
			}),
	options,
	waitOptions: { pollInterval: 0.2 },
	...parameters,
});

/** Runs the node for an order of any model. */
export const order = async (
	given: ModelOrder,
	items: INodeExecutionData[] = [{ json: {} }],
	more: Partial<RunOptions> = {},
): Promise<RunOutcome> =>
	await runNode({ simulator, items, parameters: modelParameters(given), ...more });
