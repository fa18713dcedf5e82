// The methods behind a form (lists, mappers) run in a context of their own: it has the HTTP helpers and the
// credential, but no getExecutionCancelSignal, and the node's settings as the form holds them now, not those that
// n8n resolves for a request (n8n 2.41.1). What sends requests for operations works with it once it has both.
import type {
	DeclarativeRestApiSettings,
	IExecuteSingleFunctions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

interface RequestOptions {
	proxy?: string;
	allowUnauthorizedCerts?: boolean;
}

/** Makes a form's context usable for sending requests; nothing else of an execution works in it. */
export function requestContext(form: ILoadOptionsFunctions): IExecuteSingleFunctions {
	return Object.create(form, {
		getExecutionCancelSignal: { value: () => undefined },
	}) as IExecuteSingleFunctions;
}

/** The settings under 'Request Options', as n8n would hand them to an operation. */
export function requestSettings(
	form: ILoadOptionsFunctions,
): Pick<DeclarativeRestApiSettings.HttpRequestOptions, 'proxy' | 'skipSslCertificateValidation'> {
	const { proxy, allowUnauthorizedCerts } = (form.getCurrentNodeParameter('requestOptions') ??
		{}) as RequestOptions;
	return {
		...(proxy && URL.canParse(proxy) && { proxy: proxyOf(new URL(proxy)) }),
		skipSslCertificateValidation: allowUnauthorizedCerts === true,
	};
}

const proxyOf = ({ protocol, hostname, port, username, password }: URL) => ({
	protocol: protocol.replace(/:$/, ''),
	host: hostname,
	port: Number(port) || (protocol === 'https:' ? 443 : 80),
	...(username && {
		auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
	}),
});
