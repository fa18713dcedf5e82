import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { refuseOldN8n } from './n8n/oldest';
import { account } from './resources/account';
import { model } from './resources/model';
import { methods } from './resources/model/methods';
import { propertiesOf, subtitleOf } from './resources/shared/resource';
import { toolField } from './resources/shared/toolField';
import { video } from './resources/video';

refuseOldN8n();

const resources = [video, model, account];

export class RunComfy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RunComfy',
		name: 'runComfy',
		icon: { light: 'file:../../icons/runcomfy.svg', dark: 'file:../../icons/runcomfy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitleOf(resources),
		description:
			'Make character-consistent videos with Kling, and images, videos and sounds with any model of RunComfy',
		defaults: { name: 'RunComfy' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'runComfyApi', required: true }],
		// Requests go to the credential's Base URL; an expression here would be resolved twice for each item.
		requestDefaults: { baseURL: 'https://model-api.runcomfy.net' },
		properties: [toolField, ...propertiesOf(resources)],
	};

	methods = methods;
}
