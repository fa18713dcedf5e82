// A production execution that is not to be saved is deleted with its files: by n8n 1, and where n8n 2 prunes nothing
// (EXECUTIONS_DATA_PRUNE=false), at its end; else by n8n 2's next clean-up, every 15 minutes
// (EXECUTIONS_DATA_PRUNE_HARD_DELETE_INTERVAL). Manual ones go later. The workflow's settings say what is to be saved,
// unless they leave it to the instance (EXECUTIONS_DATA_SAVE_ON_SUCCESS), whose settings nodes are not told (read in
// n8n 2.41.1 and 1.123.81; the end tried in 2.41.1).
import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { workflowSettings } from './workflowSettings';

/** Whether n8n is known to delete the execution's files soon after it has ended well. */
export function deletesFilesSoon(context: IExecuteSingleFunctions): boolean {
	const { saveDataSuccessExecution } = workflowSettings(context);
	return context.getMode() !== 'manual' && saveDataSuccessExecution === 'none';
}
