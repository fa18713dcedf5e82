import { NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import { Failure } from '../api/failure';
import { escaped, readable } from '../n8n/messages';
import type { Run } from '../run/ledger';

/** The json of an item that failed: n8n sends it to the error branch when it holds nothing else. */
export function errorItem(failure: Failure): IDataObject {
	const { hint, submitted, requestId, status, videoUrl, files, output, ...details } =
		failure.details;
	const message = [sentence(failure), hint, ...quotes(failure)];
	const error: IDataObject = { message: message.filter(Boolean).join(' '), submitted };
	// A dry run was not paid for, whatever became of it.
	if (isDryRunId(requestId)) Object.assign(error, { submitted: 'no', dry_run: true });
	const known = {
		request_id: requestId,
		status,
		video_url: videoUrl,
		files: files as IDataObject[] | undefined,
		output: output as IDataObject,
		error_code: details.errorCode,
		http_status: details.httpStatus,
		order: details.order,
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
): NodeOperationError {
	const { hint, videoUrl, files, output, requestId } = failure.details;
	const others = run.purchases().filter(({ purchase }) => purchase.requestId !== requestId);
	const bought = others.map(
		({ index, purchase }) => `${purchase.requestId} (item ${index}, ${purchase.status})`,
	);
	const ids = [
		...(requestId ? [requestId] : []),
		...others.map(({ purchase }) => purchase.requestId),
	];
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
		files && `Files: ${files.map(({ url }) => url).join(', ')}`,
		output !== undefined && `Output: ${JSON.stringify(output)}`,
		bought.length &&
			'The other requests are not lost: Wait for Completion gets the result of a request ID, and Retry On Fail goes on with them without buying again.',
		bought.length && `Request IDs to paste: ${ids.join(', ')}`,
	];
	const texts = lines.filter(Boolean).map(String);
	return new NodeOperationError(node, readable(message), {
		itemIndex,
		// The editor shows descriptions as HTML.
		description: texts.map(escaped).join('<br>'),
	});
}

/** The failure of an item that names several requests, of which some failed. */
export function failedTogether(failures: Failure[], count: number): Failure {
	if (failures.length === 1) return failures[0];
	const idsOf = new Map<string, string[]>();
	for (const { message, details } of failures)
		idsOf.set(message, [...(idsOf.get(message) ?? []), details.requestId ?? '']);
	const sentences = [...idsOf].map(([message, ids]) =>
		ids.some((id) => message.includes(id)) ? `${message}.` : `${message} (${ids.join(', ')}).`,
	);
	const ids = failures.flatMap(({ details }) => details.requestId ?? []);
	const hints = failures.flatMap((failure) => [failure.details.hint ?? [], quotes(failure)].flat());
	return new Failure(`${failures.length} of ${count} requests failed: ${sentences.join(' ')}`, {
		submitted: 'yes',
		hint: [...new Set(hints), `Request IDs to paste: ${ids.join(', ')}`].join(' '),
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
