import { NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import type { Failure } from '../api/failure';
import type { Run } from '../run/ledger';

/** The json of an item that failed: n8n sends it to the error branch when it holds nothing else. */
export function errorItem(failure: Failure): IDataObject {
	const { wayOut, reason, submitted, requestId, status, videoUrl, errorCode, httpStatus } =
		failure.details;
	const message = [sentence(failure), wayOut, reason && `RunComfy's words: ${reason}`];
	const error: IDataObject = { message: message.filter(Boolean).join(' '), submitted };
	const known = {
		request_id: requestId,
		status,
		video_url: videoUrl,
		error_code: errorCode,
		http_status: httpStatus,
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
	const purchases = run.purchases();
	const { wayOut, reason, videoUrl } = failure.details;
	const bought = purchases.map(({ index, purchase }) => ({
		...purchase,
		text: `${purchase.requestId} (${purchases.length > 1 ? `item ${index}, ` : ''}${purchase.status})`,
	}));
	const others = run.unconfirmed().filter((index) => index !== itemIndex);
	const message = [
		sentence(failure),
		bought.length && `Bought in this run: ${bought.map(({ text }) => text).join(', ')}.`,
		others.length &&
			`Perhaps bought too, look at Generations on runcomfy.com: item ${others.join(', item ')}.`,
	]
		.filter(Boolean)
		.join(' ');
	const lines = [
		wayOut,
		reason && `RunComfy's words: ${reason}`,
		videoUrl && `Video: ${videoUrl}`,
		bought.length &&
			'Nothing bought is lost: run Wait for Completion with the request ID to get the video. Retry On Fail resumes these requests and does not buy them again.',
	];
	return new NodeOperationError(node, readable(message), {
		itemIndex,
		description: lines
			.filter(Boolean)
			.map((line) => escaped(String(line)))
			.join('<br>'),
	});
}

function sentence({ message, details: { requestId } }: Failure): string {
	const named =
		requestId && !message.includes(requestId) ? `${message} (request ${requestId})` : message;
	return /[.!?]$/.test(named) ? named : `${named}.`;
}

/** n8n shows descriptions as HTML. */
function escaped(text: string): string {
	return text
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;');
}

// n8n-workflow, node.error.ts: a message that contains one of these words, anywhere and in any case,
// is replaced as a whole.
const REPLACED_WORDS =
	/ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|ERRADDRINUSE|EADDRNOTAVAIL|ECONNABORTED|EHOSTUNREACH|EAI_AGAIN|ENOENT|EISDIR|ENOTDIR|EACCES|EEXIST|EPERM|GETADDRINFO/gi;

/** Keeps n8n from replacing a message, by an invisible character in the word it looks for. */
export function readable(message: string): string {
	return message.replace(REPLACED_WORDS, (word) => `${word[0]}\u2060${word.slice(1)}`);
}
