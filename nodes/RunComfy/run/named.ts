import type { IExecuteSingleFunctions } from 'n8n-workflow';

import { customDataOf, MAX_CUSTOM_TEXT } from '../n8n/customData';

const KEY = 'runcomfy_requests';
const MORE = ', …';

/** Names a purchase in the execution itself, so that it can be found there whatever ends the execution. */
export function nameInExecution(context: IExecuteSingleFunctions, requestId: string): void {
	try {
		const customData = customDataOf(context);
		customData?.set(KEY, withRequest(customData.get(KEY), requestId));
	} catch (error) {
		// The purchase goes on without: its ID is in the log.
		context.logger.debug(`RunComfy: the execution does not take custom data: ${String(error)}`);
	}
}

/** A list such as "3 requests: id3, id2, id1" with one more at its beginning; the oldest make room. */
export function withRequest(before: string | undefined, requestId: string): string {
	const [, count = '0', list = ''] = /^(\d+) requests?: (.*)$/.exec(before ?? '') ?? [];
	const total = Number(count) + 1;
	const ids = [requestId, ...list.replace(MORE, '').split(', ').filter(Boolean)];
	const textOf = (kept: string[]) =>
		`${total} request${total === 1 ? '' : 's'}: ${kept.join(', ')}${kept.length < total ? MORE : ''}`;
	while (ids.length > 1 && textOf(ids).length > MAX_CUSTOM_TEXT) ids.pop();
	return textOf(ids);
}
