import type { Check } from '../order';
import type { ReferenceFile } from './inspect';
import { mimeTypeOf, type LinkAnswer } from './linkAnswer';
import { urlIssue } from './urls';

/** Why RunComfy could not read a file where n8n gives it out, and what to do about it, each as a sentence without its full stop. */
export interface Obstacle {
	what: string;
	todo: string;
	/** Set where the user may know better than a look from n8n. */
	check?: Check;
}

const WEBHOOK_URL = "Set WEBHOOK_URL on the n8n server to n8n's public https address";

const LET_THROUGH = 'Have whatever stands before n8n let that path through without a login';

export const IN_MEMORY: Obstacle = {
	what: 'n8n keeps all files in memory, so it has no address for them',
	todo: 'Set N8N_DEFAULT_BINARY_DATA_MODE on the n8n server to filesystem',
};

/** What speaks against n8n's address for files before anybody has looked there. */
export function addressObstacle(address: string, allowsLoopback: boolean): Obstacle | undefined {
	if (!urlIssue(address, allowsLoopback)) return undefined;
	const origin = URL.canParse(address) ? new URL(address).origin : address;
	return {
		what: `n8n's own address is ${origin}, and RunComfy reads public https addresses only`,
		todo: WEBHOOK_URL,
	};
}

/** What keeps n8n from storing a file. */
export const storingObstacle = (reason: string): Obstacle => ({
	what: `n8n could not store the file (${reason.replace(/\.$/, '')})`,
	todo: 'Make room where the n8n server keeps files',
});

/** What speaks against n8n's address when it `redirects to` what cannot be read, with advice behind it. */
export const redirectObstacle = (address: string, redirects: string): Obstacle => ({
	what: `${address} ${redirects.split('. ')[0]}`,
	todo: LET_THROUGH,
	check: 'links',
});

/** What speaks against n8n's address after no answer came from there. */
export const unreachedObstacle = (address: string, reason: string): Obstacle => ({
	what: `${address} could not be reached from n8n (${reason.replace(/\.$/, '')})`,
	todo: 'Check that WEBHOOK_URL on the n8n server is its public address',
	check: 'links',
});

/** What speaks against n8n's address after this answer to a look at a file there; undefined when RunComfy can read it. */
export function answerObstacle(
	address: string,
	answer: Pick<LinkAnswer, 'statusCode' | 'headers'>,
	file: Pick<ReferenceFile, 'bytes' | 'type' | 'binary'>,
): Obstacle | undefined {
	const { statusCode, headers } = answer;
	const answered = `${address} answers with HTTP status ${statusCode}`;
	const obstacle = (what: string, todo: string): Obstacle => ({ what, todo, check: 'links' });
	if (statusCode === 400) {
		return obstacle(
			`${answered}: another n8n is there, or its processes sign differently`,
			"Check that WEBHOOK_URL is this n8n's own address, and that main and workers share N8N_ENCRYPTION_KEY",
		);
	}
	if ([404, 405, 410].includes(statusCode)) {
		return obstacle(
			answered,
			'Have the proxy pass that path on to n8n as it does /webhook/; with workers, files must lie where the main n8n finds them',
		);
	}
	if ([401, 403, 407].includes(statusCode)) return obstacle(answered, LET_THROUGH);
	if (statusCode >= 300) {
		return obstacle(answered, 'Check that WEBHOOK_URL on the n8n server is its public address');
	}
	const type = mimeTypeOf(headers);
	if (/html/.test(type)) {
		return obstacle(
			`a web page comes from ${address} instead of the file`,
			`${LET_THROUGH}, and check that WEBHOOK_URL is n8n's own address`,
		);
	}
	const kind = (file.type?.mime ?? file.binary.mimeType).split('/')[0];
	// A proxy that compresses what it passes on leaves the length out, or counts other bytes.
	const length = headers['content-encoding'] ? undefined : headers['content-length'];
	if (type.startsWith(`${kind}/`) && Number(length ?? file.bytes) === file.bytes) return undefined;
	return obstacle(
		`${address} gives ${length ?? 'some'} bytes of '${type}' for a file of ${file.bytes} bytes`,
		"Check that WEBHOOK_URL is this n8n's own address, and what the proxy before it changes",
	);
}
