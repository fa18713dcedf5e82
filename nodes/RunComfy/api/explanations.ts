import { ERROR_CODES } from './answers';
import type { FailureDetails } from './failure';
import type { Obstacle } from './noResponse';

/** What was asked for: the same answer means something else for a model than for a request. */
export type Subject = 'submit' | 'request' | 'model' | 'models' | 'balance';

/** What happened, as a sentence without its full stop, and how to go on. */
export interface Explanation {
	message: string;
	hint: string;
	/** Of a submit: which orders it would hit as well. */
	reach?: FailureDetails['reach'];
}

const TOKEN: Explanation = {
	message: 'RunComfy does not accept the API token',
	hint: "Check 'API Token' in the RunComfy credential: it may be mistyped, revoked or of another account.",
	reach: 'run',
};
const BALANCE: Explanation = {
	message: 'The RunComfy balance is too low for this order',
	hint: 'Add credit on runcomfy.com, then run again.',
	reach: 'run',
};
const UNKNOWN_MODEL: Explanation = {
	message: 'RunComfy does not know this model',
	hint: "Check 'Model': a model ID looks like kling/kling-video-o3/standard/reference-to-video.",
	reach: 'model',
};
const FOREIGN_REQUEST: Explanation = {
	message: 'This request belongs to another RunComfy account',
	hint: 'Use the credential of the account that made it.',
};
export const GONE_REQUEST: Explanation = {
	message: 'RunComfy does not know this request: it never existed, was deleted or has expired',
	hint: "Check 'Request ID', and look at Generations on runcomfy.com.",
};
export const DELETED_REQUEST: Explanation = {
	message: 'RunComfy does not know this request any more: it was deleted or has expired',
	hint: 'Look at Generations on runcomfy.com. What is not there cannot be fetched any more.',
};
export const BAD_REQUEST_ID: Explanation = {
	message: 'RunComfy does not accept this request ID',
	hint: "Check 'Request ID': it is the request_id returned by Create or Generate.",
};
const FORBIDDEN_MODEL: Explanation = {
	message: "This RunComfy account isn't allowed to use this model",
	hint: "Choose another 'Model', or ask RunComfy for access.",
	reach: 'model',
};
const FORBIDDEN_LIST: Explanation = {
	message: "This RunComfy account isn't allowed to list models",
	hint: "Check 'API Token' in the RunComfy credential, or ask RunComfy for access.",
};
const NO_LIST: Explanation = {
	message: 'There is no list of models at this base URL',
	hint: "Check 'Base URL' of the RunComfy credential: RunComfy's own is https://model-api.runcomfy.net.",
};
const BAD_SEARCH: Explanation = {
	message: 'RunComfy rejected this search for models',
	hint: 'Change what is searched for, then run again.',
};
const FORBIDDEN_BALANCE: Explanation = {
	message: "This API token isn't allowed to read the RunComfy balance",
	hint: "Check 'API Token' in the RunComfy credential: the balance is told to the account that it belongs to.",
};
const NO_BALANCE: Explanation = {
	message: 'RunComfy returned no balance, since there is none at this address',
	hint: "See it on runcomfy.com. If 'Base URL' of the RunComfy credential is that of a proxy, have it pass on /prod/v2/balance.",
};
const TOO_LARGE: Explanation = {
	message: 'The reference files are too large for RunComfy',
	hint: 'Use smaller files, or give URLs instead.',
};
export const INVALID: Explanation = {
	message: 'RunComfy rejected the inputs of this order',
	hint: 'Correct what it names, then run again.',
};
export const SILENT_HINT =
	'RunComfy does not say what is wrong: check the prompt, the references and the options, then run again.';
const PROXY_LOGIN: Explanation = {
	message: 'The proxy that n8n goes through asks for a user name and a password',
	hint: "Write them into 'Proxy' under 'Request Options', as http://user:password@host:port, or into HTTPS_PROXY on the n8n server, with @ as %40. If they are there, the proxy does not accept them.",
};
const TOO_MANY: Explanation = {
	message: 'RunComfy is limiting requests right now',
	hint: 'Run again in a minute.',
};

const {
	invalidIdentifier,
	insufficientResources,
	userAccount,
	permissionDenied,
	balanceDenied,
	notFound,
} = ERROR_CODES;

/** What means the same whatever was asked for. */
const always = (explanation: Explanation): Record<Subject, Explanation> => ({
	submit: explanation,
	request: explanation,
	model: explanation,
	models: explanation,
	balance: explanation,
});

const UNKNOWN = {
	submit: UNKNOWN_MODEL,
	model: UNKNOWN_MODEL,
	models: NO_LIST,
	balance: NO_BALANCE,
};

// RunComfy's own codes come first, then HTTP statuses; both tell the same things.
export const EXPLANATIONS: Array<[codes: number[], Record<Subject, Explanation>]> = [
	[[userAccount, 401], always(TOKEN)],
	[[insufficientResources, 402], always(BALANCE)],
	[[invalidIdentifier], { ...UNKNOWN, request: BAD_REQUEST_ID }],
	[
		[permissionDenied, balanceDenied, 403],
		{
			submit: FORBIDDEN_MODEL,
			request: FOREIGN_REQUEST,
			model: FORBIDDEN_MODEL,
			models: FORBIDDEN_LIST,
			balance: FORBIDDEN_BALANCE,
		},
	],
	[[notFound, 404, 410], { ...UNKNOWN, request: GONE_REQUEST }],
	[[407], always(PROXY_LOGIN)],
	[[413], always(TOO_LARGE)],
	[[400, 422], { ...UNKNOWN, submit: INVALID, request: BAD_REQUEST_ID, models: BAD_SEARCH }],
	[[429], always(TOO_MANY)],
];

/** Statuses that mean the same whoever sends them; RunComfy answers in JSON. */
export const SAID_BY_STATUS_ALONE = [401, 407, 413, 429];

export const pageExplanation = (httpStatus: number): Explanation => ({
	message: `Something between n8n and RunComfy answered with HTTP status ${httpStatus}`,
	hint: "Check 'Base URL' of the credential, and the proxy or firewall that n8n goes through.",
});

export const proxyExplanation = (httpStatus: number): Explanation => ({
	message: `The proxy that n8n goes through answered with HTTP status ${httpStatus} and did not connect to RunComfy, so nothing was bought`,
	hint: 'Run again later; if it stays so, whoever runs the proxy can tell why.',
});

/** How to go on where a proxy answered with this status instead of connecting to the host of a file. */
export const proxyHint = (httpStatus: number): string =>
	httpStatus === 407
		? PROXY_LOGIN.hint
		: 'Have whoever runs the proxy let n8n through to the host of the file.';

const CHECK_PROXY = "Check 'Proxy' under 'Request Options', and HTTPS_PROXY on the n8n server.";

export const OBSTACLES: Record<Obstacle, Explanation> = {
	certificate: {
		message: 'n8n does not trust the certificate of the server that answered for RunComfy',
		hint: "If a proxy or firewall reads along, have its root certificate in a file that NODE_EXTRA_CA_CERTS names on the n8n server, and restart n8n. For a server of your own, turn on 'Ignore SSL Issues (Insecure)' under 'Request Options'.",
	},
	name: {
		message: 'The name of the server was not found',
		hint: "Check 'Base URL' of the credential, and whether the n8n server can look up names (DNS). If it needs a proxy, set HTTPS_PROXY there (HTTP_PROXY is not used for https), or check 'Proxy' under 'Request Options'.",
	},
	proxy: {
		message: 'The proxy that n8n goes through hung up before it had connected to RunComfy',
		hint: CHECK_PROXY,
	},
	tls: {
		message: 'The server that answered for RunComfy does not speak HTTPS',
		hint: `Check 'Base URL' of the credential and its port. ${CHECK_PROXY}`,
	},
};
