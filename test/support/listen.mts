import type { AddressInfo, Server } from 'node:net';

/** Has a server listen on this machine, at any free port. Its `close` also cuts open HTTP connections. */
export async function listen(
	server: Server & { closeAllConnections?(): void },
): Promise<{ port: number; close(): Promise<void> }> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const close = async () => {
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections?.();
		});
	};
	return { port, close };
}
