import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

const BAD_TOKEN =
	'RunComfy does not accept this API token. Copy the whole of it again from the menu of your avatar on runcomfy.com: it has letters, digits and signs of English only, no accents.';

const onStatus = (value: number, message: string) => ({
	type: 'responseCode' as const,
	properties: { value, message },
});

export class RunComfyApi implements ICredentialType {
	name = 'runComfyApi';

	displayName = 'RunComfy API';

	icon: Icon = { light: 'file:../icons/runcomfy.svg', dark: 'file:../icons/runcomfy.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-runcomfy/n8n-nodes-runcomfy?tab=readme-ov-file#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'On runcomfy.com, open the menu of your avatar, then API Token. A regenerated token replaces the old one at once.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://model-api.runcomfy.net',
			description: 'Leave as it is, unless you work with a simulator or a proxy',
		},
	];

	// As `tokenIn` of the node does it: what comes along with a pasted token is left out, and so is what no
	// header can hold, which n8n would show as the name of an exception.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization:
					'=Bearer {{ String($credentials.apiToken).replace(/[^\\x21-\\x7e]|["\'`]/g, "").replace(/^(authorization:)?bearer/i, "") }}',
			},
		},
	};

	// A free read. n8n shows only the HTTP status text, so the statuses that occur get words; a 200
	// with an error code is a refusal too.
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl.replace(/(\\/v1)?\\/*$/, "")}}',
			url: '/v1/models/kling/kling-video-o3/standard/reference-to-video',
		},
		rules: [
			onStatus(400, BAD_TOKEN),
			onStatus(401, BAD_TOKEN),
			onStatus(
				403,
				"This API token isn't allowed to read models. Create a new one on runcomfy.com.",
			),
			onStatus(404, 'There is no RunComfy Model API at this base URL. Set it back to its default.'),
			onStatus(429, 'RunComfy is limiting requests right now. Try again in a minute.'),
			{
				type: 'responseSuccessBody',
				properties: { key: 'error_code', value: 400004, message: BAD_TOKEN },
			},
			// The type wants rules of one kind, n8n takes both at once.
		] as ICredentialTestRequest['rules'],
	};
}
