import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { isToolCall } from '../n8n/items';
import { exactBoolean, exactNumber, isUnset, preview } from '../text/values';
import type { Delivery } from './delivery';

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

export const DEFAULT_POLL_INTERVAL_S = 2;
export const DEFAULT_TIMEOUT_S = 1800;

/** Longest times that make sense, in seconds: a day, since a clip takes minutes. */
const MAX_SECONDS = 86_400;

/** Reads the parameters of a wait; what is wrong with them goes into `issues`, a sentence each. */
export function waitOptions(
	context: IExecuteSingleFunctions,
	{ download }: Pick<Delivery, 'download'>,
): { options: WaitOptions; issues: string[] } {
	const issues: string[] = [];
	const given = context.getNodeParameter('waitOptions', {}) as IDataObject;
	const seconds = (label: string, value: unknown, byDefault: number): number => {
		if (isUnset(value)) return byDefault;
		const exact = exactNumber(value);
		if (exact !== undefined && exact > 0 && exact <= MAX_SECONDS) return exact;
		issues.push(
			`${label} must be a number of seconds above 0, up to ${MAX_SECONDS} (got '${preview(value)}')`,
		);
		return byDefault;
	};
	const yesOrNo = (label: string, value: unknown): boolean => {
		const exact = isUnset(value) ? true : exactBoolean(value);
		if (exact === undefined)
			issues.push(`${label} must be true or false (got '${preview(value)}')`);
		return exact ?? true;
	};
	const outputField = String(context.getNodeParameter('outputBinaryPropertyName', 'data')).trim();
	const options = {
		pollIntervalMs:
			1000 * seconds("'Poll Interval (Seconds)'", given.pollInterval, DEFAULT_POLL_INTERVAL_S),
		timeoutMs: 1000 * seconds("'Timeout (Seconds)'", given.timeout, DEFAULT_TIMEOUT_S),
		isTimeoutSet: !isUnset(given.timeout),
		cancelOnStop: yesOrNo("'Cancel on Stop'", given.cancelOnStop),
		download:
			yesOrNo(`'${download.displayName}'`, context.getNodeParameter(download.name, true)) &&
			// n8n hands no files to agents.
			!isToolCall(context),
		outputField,
		fileName: isUnset(given.fileName) ? undefined : String(given.fileName).trim(),
	};
	if (options.download && !outputField) {
		issues.push("'Put Output File in Field' is empty. Give the field a name, such as data");
	}
	return { options, issues };
}
