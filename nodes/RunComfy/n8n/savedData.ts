// What n8n saves of a node beyond its run.
// - With the workflow, its static data: loaded with the workflow, and saved at the end of production executions
//   if it changed, failed ones included. Manual executions lose it, and so do those that are stopped or time
//   out. Executions that run at the same time overwrite each other's. In queue mode, workers start without it
//   and overwrite all of it, including what triggers have saved.
// - With the execution, the node's context: saved when the execution ends. n8n's Retry starts from it, with the
//   original workflow or the saved one, after a restart and on another worker.
// A kill loses both (n8n 2.41.1, tried with webhooks, restarts and two workers).
import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

/** The node's data that n8n saves with the workflow; it must be JSON, and small. */
export function savedWithWorkflow(context: IExecuteSingleFunctions): IDataObject {
	return context.getWorkflowStaticData('node');
}

/** The node's data that n8n saves with the execution; it must be JSON, and small. */
export function savedWithExecution(context: IExecuteSingleFunctions): IDataObject {
	return context.getContext('node') as IDataObject;
}
