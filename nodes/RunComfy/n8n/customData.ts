// An execution's custom data is saved with it whatever ends it, short of a kill: n8n drops what a node throws
// after a stop or its own timeout. A key has letters, digits and underscores, a text up to 512 characters;
// n8n logs texts of more than 255 as too long, and keeps them (n8n 2.41.1).
import type { FunctionsBase, IExecuteSingleFunctions } from 'n8n-workflow';

export const MAX_CUSTOM_TEXT = 512;

type CustomData = FunctionsBase['customData'];

/** The custom data of the execution, shared by all runs of all its nodes; n8n 1 has it in expressions only. */
export function customDataOf(context: IExecuteSingleFunctions): CustomData {
	const inExpression = () =>
		context.evaluateExpression('{{ $execution.customData }}', context.getItemIndex());
	return context.customData ?? (inExpression() as unknown as CustomData);
}
