import { createServer, request as send, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen } from './listen.mts';

/** How a proxy treats what asks for a tunnel; it looks here each time. */
export interface ProxyRules {
	/** What it answers, where it does not connect. */
	refuse?: (request: IncomingMessage) => string | undefined | Promise<string | undefined>;
	/** Hosts and ports that it connects to instead of others. */
	standIns?: Record<string, string>;
	/** What it does with a tunnel beside passing everything on. */
	onTunnel?: (client: Duplex, upstream: Socket) => void;
}

export interface Proxy {
	url: string;
	rules: ProxyRules;
	/** The hosts and ports that it was asked to connect to, in order. */
	tunnels: string[];
	close(): Promise<void>;
}

/** A proxy on this machine: tunnels for https, and http requests passed on. */
export async function startProxy(rules: ProxyRules = {}): Promise<Proxy> {
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
	server.on('connect', async (request, client, head) => {
		const { url = '' } = request;
		tunnels.push(url);
		// The server lets go of a connection that became a tunnel.
		open.push(client);
		client.on('error', () => undefined);
		const refusal = await proxy.rules.refuse?.(request);
		if (refusal) {
			client.end(refusal);
			return;
		}
		const [host, port] = (proxy.rules.standIns?.[url] ?? url).split(':');
		const upstream = connect(Number(port), host, () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			upstream.write(head);
			upstream.pipe(client).pipe(upstream);
			proxy.rules.onTunnel?.(client, upstream);
		});
		upstream.on('error', () => client.destroy());
		client.on('error', () => upstream.destroy());
		open.push(upstream);
	});
	const listening = await listen(server);
	const close = async () => {
		for (const socket of open) socket.destroy();
		await listening.close();
	};
	const proxy: Proxy = { url: `http://127.0.0.1:${listening.port}`, rules, tunnels, close };
	return proxy;
}
