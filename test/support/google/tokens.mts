import { generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { GoogleError, type GoogleAnswer, type GoogleRequest } from './http.mts';

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Google takes no assertion that is valid for longer, in seconds. */
const MAX_LIFE = 3600;
const SCOPE = 'https://www.googleapis.com/auth/';

/**
 * Google's token endpoint for one service account, as
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest describes it: a signed
 * assertion is exchanged for an access token with the scopes it names.
 */
export class Tokens {
	/** A credential of n8n's type `googleApi`. */
	readonly credential: { email: string; privateKey: string };
	#publicKey: string;
	#scopes = new Map<string, string[]>();

	constructor() {
		const { privateKey, publicKey } = generateKeyPairSync('rsa', {
			modulusLength: 2048,
			privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
			publicKeyEncoding: { type: 'spki', format: 'pem' },
		});
		const email = 'n8n@example.iam.gserviceaccount.com';
		this.credential = { email, privateKey };
		this.#publicKey = publicKey;
	}

	issue({ body }: GoogleRequest): GoogleAnswer {
		const form = new URLSearchParams(body.toString());
		const { iss, aud, scope, iat, exp } = this.#claims(form.get('assertion') ?? '');
		const now = Date.now() / 1000;
		const isValid =
			form.get('grant_type') === GRANT &&
			iss === this.credential.email &&
			aud === TOKEN_URL &&
			exp > now &&
			exp - iat <= MAX_LIFE;
		if (!isValid) return { status: 400, json: { error: 'invalid_grant' } };
		const token = randomUUID();
		this.#scopes.set(token, scope.split(' '));
		return { json: { access_token: token, expires_in: exp - iat, token_type: 'Bearer' } };
	}

	/** Refuses a request without a token that has one of these scopes. */
	check({ headers }: GoogleRequest, ...scopes: string[]): void {
		const token = headers.authorization?.match(/^Bearer (.+)$/)?.[1];
		const granted = this.#scopes.get(token ?? '');
		if (!granted)
			throw new GoogleError(
				401,
				'UNAUTHENTICATED',
				'Request had invalid authentication credentials.',
			);
		if (!scopes.some((scope) => granted.includes(SCOPE + scope)))
			throw new GoogleError(
				403,
				'PERMISSION_DENIED',
				'Request had insufficient authentication scopes.',
			);
	}

	#claims(assertion: string) {
		const [header, claims, signature = ''] = assertion.split('.');
		const signed = Buffer.from(`${header}.${claims}`);
		const isOurs = verify(
			'RSA-SHA256',
			signed,
			this.#publicKey,
			Buffer.from(signature, 'base64url'),
		);
		return isOurs ? JSON.parse(Buffer.from(claims, 'base64url').toString()) : {};
	}
}
