// A production execution that is not to be saved is deleted at its end, and its files with it; a manual one
// only later. The workflow's settings say so, unless they leave it to the instance (EXECUTIONS_DATA_SAVE_ON_SUCCESS),
// whose settings nodes are not told (n8n 2.41.1 and 1.123.81).
import type { IExecuteSingleFunctions } from 'n8n-workflow';

/** Whether n8n is known to delete the execution's files when it ends well. */
export function deletesFilesAtEnd(context: IExecuteSingleFunctions): boolean {
	const { saveDataSuccessExecution } = context.getWorkflowSettings();
	return context.getMode() !== 'manual' && saveDataSuccessExecution === 'none';
}
