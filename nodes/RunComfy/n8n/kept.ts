// What n8n keeps of a node beyond its run.
// - With the workflow, its static data: loaded with the workflow and saved at the end of production executions,
//   failed ones too, when it was changed; manual executions lose it, and what runs at the same time overwrites
//   it. n8n's Retry with the original workflow starts from what there was before the failed execution.
// - With the execution, the node's context: saved when the execution ends, stopped ones too, and what n8n's
//   Retry of that execution starts from, with either workflow, after a restart and on another worker.
// A kill loses both (n8n 2.41.1, tried with webhooks, restarts and two workers).
import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

/** What is kept of the node with its workflow; it must be JSON, and small. */
export function keptWithWorkflow(context: IExecuteSingleFunctions): IDataObject {
	return context.getWorkflowStaticData('node');
}

/** What is kept of the node with its execution; it must be JSON, and small. */
export function keptWithExecution(context: IExecuteSingleFunctions): IDataObject {
	return context.getContext('node') as IDataObject;
}
