import {
	NodeOperationError,
	type IExecuteSingleFunctions,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
	type INode,
} from 'n8n-workflow';

/** A response, and whether it is certain that it answers nothing that was sent. */
export type Response = IN8nHttpFullResponse & { neverSent?: boolean };

/** What axios leaves with its errors; newer n8n keep it, also as the cause of an error of their own. */
interface AxiosError {
	request?: {
		protocol?: string;
		socket?: { connecting?: boolean; encrypted?: boolean; secureConnecting?: boolean } | null;
	};
	response?: { status: number; headers: IN8nHttpFullResponse['headers']; data?: unknown };
}

/** Statuses of answers to look at more closely; not 401, after which n8n sends a request again. */
export const NO_SUCCESS = Array.from({ length: 300 }, (_, index) => 300 + index).filter(
	(s) => s !== 401,
);

/** Whether n8n's errors keep the one that they are made of: since 2.34 they do. */
const KEEPS_CAUSE = new NodeOperationError({} as INode, new Error()).cause !== undefined;

/**
 * Sends one authenticated request with n8n's helper and gives back whatever status comes. Four things
 * of the helper had to be worked around; each was seen in n8n 2.41.1 by counting what a server got:
 *
 * - It takes its abort signal from the context it is called on and overwrites the one in the options,
 *   so it is called on a context whose signal is `abortSignal`.
 * - It sends a request again after a 401, unless statuses are no errors (`ignoreHttpStatusErrors`): a
 *   POST too.
 * - It follows redirects with the token in the header.
 * - A proxy that refuses to connect (CONNECT) looks as if the server had answered. Only errors tell the two
 *   apart (see `neverSent`), so for a request with a body all but a success is one, unless n8n's errors lose
 *   the answer.
 */
export async function authenticatedRequest(
	context: IExecuteSingleFunctions,
	credential: string,
	options: IHttpRequestOptions,
	abortSignal: AbortSignal,
): Promise<Response> {
	const signalled: IExecuteSingleFunctions = Object.create(context, {
		getExecutionCancelSignal: { value: () => abortSignal },
	});
	const sent: Promise<Response> = signalled.helpers.httpRequestWithAuthentication.call(
		signalled,
		credential,
		{
			...options,
			returnFullResponse: true,
			ignoreHttpStatusErrors:
				options.body && KEEPS_CAUSE ? { ignore: true, except: NO_SUCCESS } : true,
			disableFollowRedirect: true,
			abortSignal,
		},
	);
	return await sent.catch(responseIn);
}

/** The response that came with an error, if one did. */
function responseIn(error: unknown): Response {
	const { status = 0, headers = {}, data } = axiosErrorIn(error).response ?? {};
	// A body that broke off comes with a response too, but without its text.
	if (typeof data !== 'string') throw error;
	return { statusCode: status, headers, body: data, neverSent: neverSent(error) };
}

export function axiosErrorIn(error: unknown): AxiosError {
	const thrown = error as (AxiosError & { cause?: AxiosError }) | undefined;
	return (thrown?.request ? thrown : thrown?.cause) ?? {};
}

/**
 * Whether it is certain that a request which failed was never sent: its connection did not come about, was not
 * secure yet, or is the one that stands for a proxy's refusal. Node.js hands a secure connection the first byte
 * of a request when `secureConnecting` is over. Tried in n8n 2.41.1 with servers and proxies that answer in plain
 * text, hang up, reset or keep silent at each step.
 */
export function neverSent(error: unknown): boolean {
	const { request } = axiosErrorIn(error);
	if (!request) return false;
	const { protocol, socket } = request;
	if (!socket || socket.connecting) return true;
	return protocol === 'https:' && (!socket.encrypted || socket.secureConnecting === true);
}
