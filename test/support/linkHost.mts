import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificate } from './certificates.mts';
import { listen } from './listen.mts';

export interface LinkHost {
	url: string;
	/** What was asked for, in order. */
	log: Array<{ method?: string; path?: string; headers: IncomingHttpHeaders }>;
	close(): Promise<void>;
}

/** A host of files on this machine, over https where it is given a certificate. */
export async function startLinkHost(answer: RequestListener, tls?: Certificate): Promise<LinkHost> {
	const log: LinkHost['log'] = [];
	const listener: RequestListener = (request, response) => {
		const { method, url: path, headers } = request;
		log.push({ method, path, headers });
		answer(request, response);
	};
	const server = tls ? createTlsServer(tls, listener) : createServer(listener);
	const { port, close } = await listen(server);
	return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, log, close };
}
