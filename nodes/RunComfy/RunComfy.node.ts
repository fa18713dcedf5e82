import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { videoProperties } from './resources/video';

export class RunComfy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RunComfy',
		name: 'runComfy',
		icon: { light: 'file:../../icons/runcomfy.svg', dark: 'file:../../icons/runcomfy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ generate: "Generate", create: "Create", getStatus: "Get Status", waitForCompletion: "Wait for Completion", cancel: "Cancel", estimateCost: "Estimate Cost" })[$parameter["operation"]] + ["Standard", "Pro", "4K"].filter((tier) => String($parameter["model"]).toLowerCase().includes("/" + tier.toLowerCase() + "/")).map((tier) => ": " + tier).join("") }}',
		description: 'Make character-consistent videos from reference images with Kling on RunComfy',
		defaults: { name: 'RunComfy' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'runComfyApi', required: true }],
		requestDefaults: { baseURL: '={{$credentials.baseUrl}}' },
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [{ name: 'Video', value: 'video' }],
				default: 'video',
			},
			...videoProperties,
		],
	};
}
