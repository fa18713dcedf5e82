// An execution's custom data is saved with it whatever ends it, short of a kill: n8n drops what a node throws
// after a stop or its own timeout. It is shared by all runs of all nodes. A key has letters, digits and
// underscores, a text up to 512 characters; n8n logs texts of more than 255 as too long, and keeps them. In
// queue mode n8n does not keep it (n8n 2.41.1). Before 2.16, n8n gives it to Code nodes only: an expression
// reaches it in tests of the engine, not in a real n8n (1.123.81).
import type { FunctionsBase, IExecuteSingleFunctions } from 'n8n-workflow';

export const MAX_CUSTOM_TEXT = 512;

/** The custom data of the execution, where this n8n has it. */
export function customDataOf({
	customData,
}: IExecuteSingleFunctions): FunctionsBase['customData'] | undefined {
	return customData;
}
