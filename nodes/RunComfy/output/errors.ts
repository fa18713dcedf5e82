import { NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import type { Failure } from '../api/failure';
import { escaped, readable } from '../n8n/messages';
import type { Run } from '../run/ledger';

/** The json of an item that failed: n8n sends it to the error branch when it holds nothing else. */
export function errorItem(failure: Failure): IDataObject {
	const { hint, submitted, requestId, status, videoUrl, output, errorCode, httpStatus, order } =
		failure.details;
	const message = [sentence(failure), hint, ...quotes(failure)];
	const error: IDataObject = { message: message.filter(Boolean).join(' '), submitted };
	// What was not paid for must not be taken for it.
	if (isDryRunId(requestId)) Object.assign(error, { submitted: 'no', dry_run: true });
	const known = {
		request_id: requestId,
		status,
		video_url: videoUrl,
		output: output as IDataObject,
		error_code: errorCode,
		http_status: httpStatus,
		order,
	};
	for (const [key, value] of Object.entries(known)) if (value !== undefined) error[key] = value;
	return { error };
}

/**
 * The error that stops a workflow. Its message is the first thing users read, in the editor and in
 * what error workflows send on, so it also names every request that the run bought.
 */
export function nodeError(
	node: INode,
	itemIndex: number,
	failure: Failure,
	run: Pick<Run, 'purchases' | 'unconfirmed'>,
	isForAgent = false,
): NodeOperationError {
	const { hint, videoUrl, output, requestId } = failure.details;
	const bought = run
		.purchases()
		.filter(({ purchase }) => purchase.requestId !== requestId)
		.map(({ index, purchase }) => `${purchase.requestId} (item ${index}, ${purchase.status})`);
	const perhaps = run
		.unconfirmed()
		.filter(({ index }) => index !== itemIndex)
		.map(({ index, named }) => `item ${index}${named ? ` (${named})` : ''}`);
	const message = [
		sentence(failure),
		bought.length && `${requestId ? 'Also bought' : 'Bought'} in this run: ${bought.join(', ')}.`,
		perhaps.length &&
			`Perhaps bought too, look at Generations on runcomfy.com: ${perhaps.join(', ')}.`,
	]
		.filter(Boolean)
		.join(' ');
	const lines = [
		hint,
		...quotes(failure),
		videoUrl && `Video: ${videoUrl}`,
		output !== undefined && `Output: ${JSON.stringify(output)}`,
		bought.length &&
			'The other requests are not lost: Wait for Completion gets the video of a request ID, and Retry On Fail goes on with them without buying again.',
	];
	const texts = lines.filter(Boolean).map(String);
	return new NodeOperationError(node, readable(message), {
		itemIndex,
		// The editor shows descriptions as HTML; an agent gets them as they are.
		description: isForAgent ? texts.join(' ') : texts.map(escaped).join('<br>'),
	});
}

function quotes({ details: { reason, technical } }: Failure): string[] {
	return [
		...(reason ? [`RunComfy's words: ${reason}`] : []),
		...(technical ? [`Technical detail: ${technical}`] : []),
	];
}

function sentence({ message, details: { requestId, status } }: Failure): string {
	const state = status ? `, ${status}` : '';
	const named =
		requestId && !message.includes(requestId)
			? `${message} (request ${requestId}${state})`
			: message;
	return /[.!?]$/.test(named) ? named : `${named}.`;
}
