import type { RequestListener } from 'node:http';
import { startLinkHost, type LinkHost } from '../support/linkHost.mts';
import { Container, core } from './n8n.mts';

/** What n8n gives out under signed addresses, as its own server does it. */
export interface GivenOut extends LinkHost {
	/** What n8n calls its API. */
	restApiUrl: string;
	/** Answers instead of n8n, like something that stands before it; unset, n8n answers. */
	instead?: RequestListener;
	/** The seconds for which each address that was asked for was signed, in order. */
	lifetimes(): number[];
}

interface Signed {
	iat: number;
	exp: number;
}

/** A server with the one endpoint of n8n's that gives out files (binary-data.controller.js of n8n 2.41.1). */
export async function startGivingOut(): Promise<GivenOut> {
	const service = Container.get(core.BinaryDataService);
	const host = await startLinkHost((request, response) => {
		if (given.instead) return given.instead(request, response);
		void give(request.url ?? '')
			.then(async ({ id, fileSize, mimeType }) => {
				response.setHeader('content-length', fileSize);
				response.setHeader('content-type', mimeType);
				(await service.getAsStream(id)).pipe(response);
			})
			.catch((error: Error) => response.writeHead(400).end(error.message));
	});
	const tokenIn = (path = '') => new URL(path, host.url).searchParams.get('token') ?? '';
	const give = async (path: string) => {
		if (!path.startsWith('/rest/binary-data/signed?')) throw new Error('No such path');
		const id: string = service.validateSignedToken(tokenIn(path));
		return { id, ...(await service.getMetadata(id)) };
	};
	const payloadOf = (path?: string): Signed =>
		JSON.parse(Buffer.from(tokenIn(path).split('.')[1], 'base64url').toString());
	const given: GivenOut = {
		...host,
		restApiUrl: `${host.url}/rest`,
		lifetimes: () => host.log.map(({ path }) => payloadOf(path)).map(({ iat, exp }) => exp - iat),
	};
	return given;
}
