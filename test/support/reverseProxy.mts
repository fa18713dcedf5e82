import { request as send, type RequestListener } from 'node:http';
import { startLinkHost, type LinkHost } from './linkHost.mts';

const PREFIX = '/n8n';

export interface ReverseProxy extends LinkHost {
	/** What n8n has to be told of itself. */
	webhookUrl: string;
	/** The server behind it; set before the first request. */
	target: string;
	/** Answers instead of it, where it does not pass on. */
	instead?: (path: string) => RequestListener | undefined;
}

/** What stands before many an n8n: https outside, a path of its own, plain http behind it. */
export async function startReverseProxy(tls: { key: string; cert: string }): Promise<ReverseProxy> {
	const host = await startLinkHost((request, response) => {
		const path = (request.url ?? '').slice(PREFIX.length);
		const instead = proxy.instead?.(path);
		if (instead) return instead(request, response);
		const { method, headers } = request;
		const passedOn = send(proxy.target + path, { method, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		passedOn.on('error', () => response.writeHead(502).end());
		request.pipe(passedOn);
	}, tls);
	const proxy: ReverseProxy = { ...host, webhookUrl: `${host.url}${PREFIX}/`, target: '' };
	return proxy;
}
