export interface Node {
	name: string;
	type: string;
	typeVersion: number;
	parameters: object;
	credentials?: object;
	onError?: OnError;
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
}

export type OnError = 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';

export interface Workflow {
	name: string;
	nodes: object[];
	connections: object;
	settings: object;
	pinData: Record<string, Array<{ json: object }>>;
}

export interface Credential {
	id: string;
	name: string;
}

/** A link that leads nowhere. */
const IMAGE_URL = 'https://example.com/character.jpg';

/** A RunComfy node that takes its prompt and request id from its input, and polls without patience. */
export function runComfy(
	operation: string,
	credential: Credential,
	{ parameters = {}, ...settings }: Partial<Node> = {},
): Node {
	return {
		name: 'RunComfy',
		type: 'n8n-nodes-runcomfy.runComfy',
		typeVersion: 1,
		parameters: {
			operation,
			prompt: '={{ $json.prompt }}',
			referenceImages: { image: [{ source: 'url', url: IMAGE_URL }] },
			options: { skipChecks: ['links'] },
			waitOptions: { pollInterval: 0.2 },
			...parameters,
		},
		credentials: { runComfyApi: credential },
		...settings,
	};
}

export const manualTrigger: Node = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

export const webhook = (path: string, parameters = {}): Node => ({
	name: 'Start',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', ...parameters },
});

export const nothing = (name: string): Node => ({
	name,
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	parameters: {},
});

/** Nodes one after another; each output of a node leads to one of the nodes that follow in its array. */
export function workflow(
	name: string,
	chain: Array<Node | Node[]>,
	{ items = [{}] as object[], settings = {} } = {},
): Workflow {
	const steps = chain.map((step) => [step].flat());
	const nodes = steps.flat().map((node, index) => ({
		...node,
		id: `${name}-${index}`,
		webhookId: node.type.endsWith('.webhook') ? `${name}-webhook` : undefined,
		position: [index * 200, 0],
	}));
	const connections = steps
		.slice(0, -1)
		.map(([from], index) => [
			from.name,
			{ main: steps[index + 1].map(({ name: node }) => [{ node, type: 'main', index: 0 }]) },
		]);
	return {
		name,
		nodes,
		connections: Object.fromEntries(connections),
		settings: { executionOrder: 'v1', ...settings },
		pinData: { Start: items.map((json) => ({ json })) },
	};
}
