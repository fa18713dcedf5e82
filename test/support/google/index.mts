import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Drive } from './drive.mts';
import { GoogleError, requestOf, send, type GoogleAnswer, type GoogleRequest } from './http.mts';
import { Sheets } from './sheets.mts';
import { Tokens } from './tokens.mts';

/** The names that its certificate has to hold. */
export const GOOGLE_HOSTS = [
	'oauth2.googleapis.com',
	'sheets.googleapis.com',
	'www.googleapis.com',
];

/** A call that Google refuses, the next so many times. */
export interface Refusal {
	method: string;
	/** Part of the path. */
	path: string;
	code: number;
	times?: number;
}

/**
 * A stand-in for Google: spreadsheets, files and folders, which one service account may read and write. What
 * each part leaves out is said there. It has no quotas of its own: `refuse` makes them.
 */
export class Google {
	readonly sheets = new Sheets();
	readonly drive = new Drive();
	readonly #tokens = new Tokens();
	/** What was asked for, in order. */
	readonly log: string[] = [];
	#refusals: Array<Required<Refusal>> = [];
	#server;

	private constructor(tls: { key: string; cert: string }) {
		this.#server = createServer(tls, async (message, response) => {
			const request = await requestOf(message);
			this.log.push(`${request.method} ${request.path}`);
			send(response, this.#answer(request));
		});
	}

	static async start(tls: { key: string; cert: string }): Promise<Google> {
		const google = new Google(tls);
		await new Promise<void>((resolve) => google.#server.listen(0, '127.0.0.1', resolve));
		return google;
	}

	/** Where a proxy has to connect to instead of Google. */
	get standIns(): Record<string, string> {
		const { port } = this.#server.address() as AddressInfo;
		return Object.fromEntries(GOOGLE_HOSTS.map((host) => [`${host}:443`, `127.0.0.1:${port}`]));
	}

	/** A credential of n8n's type `googleApi`. */
	get credential(): object {
		return this.#tokens.credential;
	}

	refuse(...refusals: Refusal[]): void {
		this.#refusals.push(...refusals.map((refusal) => ({ times: 1, ...refusal })));
	}

	close(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}

	#answer(request: GoogleRequest): GoogleAnswer {
		try {
			this.#refuse(request);
			if (request.host === 'oauth2.googleapis.com') return this.#tokens.issue(request);
			if (this.drive.isPart(request)) return this.drive.addPart(request);
			const isSheets = request.host === 'sheets.googleapis.com';
			this.#tokens.check(request, isSheets ? 'spreadsheets' : 'drive');
			return (isSheets ? this.sheets : this.drive).answer(request);
		} catch (error) {
			if (error instanceof GoogleError) return error.answer;
			return new GoogleError(500, 'INTERNAL', String(error)).answer;
		}
	}

	#refuse({ method, path }: GoogleRequest): void {
		const refusal = this.#refusals.find(
			(one) => one.times > 0 && one.method === method && path.includes(one.path),
		);
		if (!refusal) return;
		refusal.times--;
		throw new GoogleError(refusal.code, 'RESOURCE_EXHAUSTED', 'Quota exceeded.');
	}
}
