import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for localhost that nobody has a reason to trust. */
export function selfSigned(): { key: Buffer; cert: Buffer } {
	const folder = mkdtempSync(join(tmpdir(), 'runcomfy-certificate-'));
	const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
	try {
		const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
		const files = ['-keyout', key, '-out', cert];
		const how = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'];
		execFileSync('openssl', ['req', ...how, ...subject, ...files], { stdio: 'ignore' });
		return { key: readFileSync(key), cert: readFileSync(cert) };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
