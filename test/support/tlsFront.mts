import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './certificates.mts';
import { listen } from './listen.mts';

export interface TlsFront {
	port: number;
	/** How many connections came, whether they became secure or not. */
	connections: number;
	/** What it does with a connection beside passing everything on. */
	onConnection?: (client: Socket, server: Socket) => void;
	close(): Promise<void>;
}

/** TLS before a server of plain HTTP on this machine: one connection there for each that comes here. */
export async function startTlsFront(tls: Certificate, url: string): Promise<TlsFront> {
	const open = new Set<Socket>();
	const server = createServer(tls, (client) => {
		const behind = connect(Number(new URL(url).port), '127.0.0.1');
		for (const [socket, other] of [
			[client, behind],
			[behind, client],
		] as const) {
			open.add(socket);
			socket.on('error', () => other.destroy());
			socket.on('close', () => open.delete(socket));
		}
		client.pipe(behind).pipe(client);
		front.onConnection?.(client, behind);
	});
	server.on('connection', () => front.connections++);
	server.on('tlsClientError', () => undefined);
	const { port, close } = await listen(server);
	const front: TlsFront = {
		port,
		connections: 0,
		close: async () => {
			for (const socket of open) socket.destroy();
			await close();
		},
	};
	return front;
}
