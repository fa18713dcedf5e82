import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface LinkHost {
	url: string;
	/** What was asked for, in order. */
	log: Array<{ method?: string; path?: string; headers: IncomingHttpHeaders }>;
	close(): Promise<void>;
}

/** A host of files on this machine, over https where it is given a certificate. */
export async function startLinkHost(
	answer: RequestListener,
	tls?: { key: string; cert: string },
): Promise<LinkHost> {
	const log: LinkHost['log'] = [];
	const listener: RequestListener = (request, response) => {
		const { method, url: path, headers } = request;
		log.push({ method, path, headers });
		answer(request, response);
	};
	const server = tls ? createTlsServer(tls, listener) : createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () => {
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	};
	return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, log, close };
}
