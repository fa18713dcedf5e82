import type {
	IExecuteSingleFunctions,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

/**
 * Sends one authenticated request with n8n's helper and gives back whatever status comes. Three things
 * of the helper had to be worked around; each was seen in n8n 2.41.1 by counting what a server got:
 *
 * - It takes its abort signal from the context it is called on and overwrites the one in the options,
 *   so it is called on a context whose signal is `abortSignal`.
 * - It sends a request again after a 401, unless statuses are no errors (`ignoreHttpStatusErrors`): a
 *   POST too.
 * - It follows redirects with the token in the header.
 */
export async function authenticatedRequest(
	context: IExecuteSingleFunctions,
	credential: string,
	options: IHttpRequestOptions,
	abortSignal: AbortSignal,
): Promise<IN8nHttpFullResponse> {
	const signalled: IExecuteSingleFunctions = Object.create(context, {
		getExecutionCancelSignal: { value: () => abortSignal },
	});
	return (await signalled.helpers.httpRequestWithAuthentication.call(signalled, credential, {
		...options,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		abortSignal,
	})) as IN8nHttpFullResponse;
}
