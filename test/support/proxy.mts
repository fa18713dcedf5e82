import { createServer, request as send } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen } from './listen.mts';

export interface Proxy {
	url: string;
	/** The hosts and ports that it was asked to connect to, in order. */
	tunnels: string[];
	close(): Promise<void>;
}

/**
 * A proxy on this machine: tunnels for https, unless it is to refuse them, and http requests passed on.
 * `standIns` are hosts and ports to connect to instead of others.
 */
export async function startProxy(
	refusal?: string,
	standIns: Record<string, string> = {},
): Promise<Proxy> {
	const tunnels: string[] = [];
	const open: Duplex[] = [];
	const server = createServer((request, response) => {
		const { method, headers } = request;
		const passedOn = send(request.url ?? '', { method, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		passedOn.on('error', () => response.destroy());
		request.pipe(passedOn);
	});
	server.on('connect', ({ url = '' }, client, head) => {
		tunnels.push(url);
		if (refusal) {
			client.end(refusal);
			return;
		}
		const [host, port] = (standIns[url] ?? url).split(':');
		const upstream = connect(Number(port), host, () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			upstream.write(head);
			upstream.pipe(client).pipe(upstream);
		});
		upstream.on('error', () => client.destroy());
		client.on('error', () => upstream.destroy());
		// The server lets go of a connection that became a tunnel.
		open.push(client, upstream);
	});
	const listening = await listen(server);
	const close = async () => {
		for (const socket of open) socket.destroy();
		await listening.close();
	};
	return { url: `http://127.0.0.1:${listening.port}`, tunnels, close };
}
