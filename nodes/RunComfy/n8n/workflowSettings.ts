// n8n tells nodes the settings of their workflow since 2.5 and, of 1.x, in the last releases of 1.123. Before (seen in
// 2.0.3 and 1.100.1), only the workflow that a node's context holds for n8n's own use has them.
import type { IExecuteSingleFunctions, IWorkflowSettings } from 'n8n-workflow';

/** The settings of the workflow that the node is in. */
export function workflowSettings(context: IExecuteSingleFunctions): IWorkflowSettings {
	const known: Partial<IExecuteSingleFunctions> & {
		workflow?: { settings?: IWorkflowSettings };
	} = context;
	return known.getWorkflowSettings?.() ?? known.workflow?.settings ?? {};
}
