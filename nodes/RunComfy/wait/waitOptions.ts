import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { isToolCall } from '../n8n/items';
import { fieldReader, seconds, yesOrNo } from '../text/fields';
import { isUnset } from '../text/values';
import type { Delivery } from './delivery';
import { DEFAULT_POLL_INTERVAL_S, DEFAULT_TIMEOUT_S, WAIT_LABELS } from './labels';

/** How to wait for a request and what to do with its files. */
export interface WaitOptions {
	pollIntervalMs: number;
	timeoutMs: number;
	/** Whether the user chose the timeout. */
	isTimeoutSet: boolean;
	/** The timeout is as short as it is because n8n ends the execution then. */
	endsBefore?: 'n8n';
	cancelOnStop: boolean;
	download: boolean;
	outputField: string;
	/** Without it, files are named after the request. */
	fileName?: string;
}

/** Longest times that make sense, in seconds: a day, since a clip takes minutes. */
const MAX_SECONDS = 86_400;

/** Reads the parameters of a wait; what is wrong with them goes into `issues`, a sentence each. */
export function waitOptions(
	context: IExecuteSingleFunctions,
	{ download }: Pick<Delivery, 'download'>,
): { options: WaitOptions; issues: string[] } {
	const issues: string[] = [];
	const given = context.getNodeParameter('waitOptions', {}) as IDataObject;
	const read = fieldReader(
		{ ...WAIT_LABELS, download: download.displayName },
		{ ...given, download: context.getNodeParameter(download.name, true) },
		(issue) => issues.push(issue),
	);
	const time = seconds(MAX_SECONDS);
	const outputField = String(context.getNodeParameter('outputBinaryPropertyName', 'data')).trim();
	const options = {
		pollIntervalMs: 1000 * (read('pollInterval', time) ?? DEFAULT_POLL_INTERVAL_S),
		timeoutMs: 1000 * (read('timeout', time) ?? DEFAULT_TIMEOUT_S),
		isTimeoutSet: !isUnset(given.timeout),
		cancelOnStop: read('cancelOnStop', yesOrNo) ?? true,
		// n8n hands no files to agents.
		download: (read('download', yesOrNo) ?? true) && !isToolCall(context),
		outputField,
		fileName: isUnset(given.fileName) ? undefined : String(given.fileName).trim(),
	};
	if (options.download && !outputField) {
		issues.push("'Put Output File in Field' is empty. Give the field a name, such as data");
	}
	return { options, issues };
}
