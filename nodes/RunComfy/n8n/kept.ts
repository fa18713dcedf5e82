// What n8n keeps of a node beyond its run.
// - With the workflow, its static data: loaded with the workflow and saved at the end of production executions,
//   failed ones too, when it was changed. Manual executions lose it, and so do those that are stopped or time
//   out; what runs at the same time overwrites it. In queue mode, workers begin without it, and replace all
//   that was there, what triggers have noted too.
// - With the execution, the node's context: saved when the execution ends, and what n8n's Retry of it starts
//   from, with either workflow, after a restart and on another worker.
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
