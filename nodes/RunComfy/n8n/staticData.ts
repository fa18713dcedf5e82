// What n8n keeps of a node beyond its execution: an object in the workflow's static data. n8n loads it with
// the workflow and saves it at the end of production executions, failed ones too, when it was changed; manual
// executions lose it, and what runs at the same time overwrites it. n8n's Retry with the original workflow
// starts from what there was before the failed execution (n8n 2.41.1, tried with webhooks and restarts).
import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

/** The list that a node keeps under `name`, from the newest to the oldest; what it holds must be JSON. */
export function storedList<T>(context: IExecuteSingleFunctions, name: string): T[] {
	const list = context.getWorkflowStaticData('node')[name];
	return Array.isArray(list) ? (list as T[]) : [];
}

/** Replaces the list that a node keeps under `name`. */
export function storeList<T>(context: IExecuteSingleFunctions, name: string, list: T[]): void {
	const data = context.getWorkflowStaticData('node');
	if (list.length) data[name] = list as IDataObject[string];
	else delete data[name];
}
