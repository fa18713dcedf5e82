// n8n ends an execution that takes longer than the workflow's 'Timeout Workflow' setting: it drops what the
// node throws then, and runs no error branch. The context has the date when the execution began. A retry of the
// execution keeps that date, and so does one that was waiting, which n8n's workers time from their
// resumption; so where it can't be right, the time counts from now, as it does on an n8n before 1.121, which does not
// tell it. A limit of the whole instance isn't told to nodes (n8n 2.41.1 and 1.123.81).
import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { workflowSettings } from './workflowSettings';

/** Milliseconds until n8n ends the execution, as far as it is known; undefined without a limit. */
export function msUntilTimeout(context: IExecuteSingleFunctions): number | undefined {
	const limitMs = 1000 * (workflowSettings(context).executionTimeout ?? -1);
	if (limitMs <= 0) return undefined;
	const known: Partial<IExecuteSingleFunctions> = context;
	const isRetry = context.getMode() === 'retry';
	const began = isRetry ? undefined : known.getExecutionContext?.()?.establishedAt;
	const left = began === undefined ? 0 : began + limitMs - Date.now();
	return left > 0 ? left : limitMs;
}
