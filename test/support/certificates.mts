import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureProgram } from '../../scripts/runtime/debian.mjs';
import { temporaryFolder } from '../../scripts/runtime/instance.mjs';
import { run } from '../../scripts/runtime/process.mjs';

/** What a server over TLS needs. */
export interface Certificate {
	key: string;
	cert: string;
}

const PLACES = ['/usr/bin/openssl', '/usr/local/bin/openssl', '/opt/homebrew/bin/openssl'];

/** A certificate for localhost that nobody has a reason to trust. */
export async function selfSigned(): Promise<Certificate> {
	const { folder, make, read } = await openssl();
	try {
		await make('localhost', '-addext', 'subjectAltName=DNS:localhost');
		return { key: await read('localhost.key'), cert: await read('localhost.pem') };
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** A certificate for this machine and other hosts, by an authority of its own that nobody knows yet. */
export async function signedByAuthority(...hosts: string[]): Promise<{
	/** The file with the authority's own certificate. */
	authority: string;
	tls: Certificate;
}> {
	const { folder, make, read } = await openssl();
	await make('authority');
	const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key'];
	// Through a proxy, n8n has a certificate for an IP address checked as one for localhost.
	const names = ['IP:127.0.0.1', ...['localhost', ...hosts].map((host) => `DNS:${host}`)];
	const extensions = ['basicConstraints=CA:FALSE', `subjectAltName=${names}`];
	await make('host', ...signed, ...extensions.flatMap((text) => ['-addext', text]));
	return {
		authority: join(folder, 'authority.pem'),
		tls: { key: await read('host.key'), cert: await read('host.pem') },
	};
}

/** A folder, and the way to a certificate and its key in it. */
async function openssl() {
	const program = await ensureProgram({
		title: 'OpenSSL 3',
		purpose: 'The tests of connections over TLS',
		packageName: 'openssl',
		find: () => PLACES.find((path) => existsSync(path)),
	});
	const folder = await temporaryFolder('n8n-nodes-runcomfy-tls');
	const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
	const make = async (name: string, ...more: string[]) => {
		const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`];
		await run(program, [...request, ...files, ...more], { cwd: folder });
	};
	const read = async (file: string) => await readFile(join(folder, file), 'utf8');
	return { folder, make, read };
}
