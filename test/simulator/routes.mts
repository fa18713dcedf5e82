import type { RequestKind } from './types.mts';

export interface Route {
	kind: RequestKind;
	requestId?: string;
	modelId?: string;
	/** Of a file, as the end of its name. */
	fileType?: string;
}

/** Read from an official client. */
export const REQUEST_ID = /^[A-Za-z0-9_-]{1,128}$/;

const REQUESTS = /^\/v1\/requests\/([^/]*)\/(status|result|cancel)$/;
/** The first file of a job, or a further one. */
const FILES = /^\/files\/([^/.]+)(?:\/\d+)?\.(\w+)$/;
const MODELS = '/v1/models';

/** What a request is for. Calls with the wrong method are unknown, as any other path. */
export function routeOf(method: string, pathname: string): Route {
	const reads = method === 'GET';
	const request = REQUESTS.exec(pathname);
	if (request && method === (request[2] === 'cancel' ? 'POST' : 'GET'))
		return { kind: request[2] as RequestKind, requestId: decoded(request[1]) };
	const file = FILES.exec(pathname);
	if (file && (reads || method === 'HEAD'))
		return { kind: 'file', requestId: decoded(file[1]), fileType: file[2] };
	if (reads && pathname === MODELS) return { kind: 'models' };
	if (reads && pathname === `${MODELS}/categories`) return { kind: 'categories' };
	if (pathname.startsWith(`${MODELS}/`) && (reads || method === 'POST'))
		return {
			kind: reads ? 'model' : 'submit',
			// The slashes of an id are literal: an encoded one makes another id
			modelId: pathname.slice(MODELS.length + 1),
		};
	if (reads && pathname === '/prod/v2/balance') return { kind: 'balance' };
	if (pathname.startsWith('/references/'))
		return { kind: 'reference', fileType: reads ? pathname.split('.').at(-1) : undefined };
	return { kind: 'unknown' };
}

/** Percent signs that encode nothing stay: such an id is wrong, and is answered as wrong. */
function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
