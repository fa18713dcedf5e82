import { readFile } from 'node:fs/promises';
import { DEFAULT_TOKEN } from '../test/simulator/index.mts';
import type { Execution } from '../test/support/n8n/server.mts';
import { manualTrigger, nothing, workflow } from '../test/support/n8n/workflow.mts';
import type { Credential, Node, Workflow } from '../test/support/n8n/workflow.mts';
import { BenchN8n } from './n8n.mts';
import {
	startVideoService,
	type Service,
	type ServiceKind,
	type ServiceOptions,
} from './services.mts';

/** One way to make videos in n8n: every item brings the path of its reference file. */
export interface Contender {
	name: string;
	service: ServiceKind;
	credential: (url: string) => { type: string; data: object };
	workflow: (credential: Credential, items: object[], url: string) => Workflow | Promise<Workflow>;
}

const runComfyCredential = (url: string) => ({
	type: 'runComfyApi',
	data: { apiToken: DEFAULT_TOKEN, baseUrl: url },
});

const files: Node = {
	name: 'Files',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: { fileSelector: '={{ $json.path }}', options: {} },
};

/** This node, with every setting at its default but for what is being made. */
export const runComfy = (credential: Credential, operation: string, parameters = {}): Node => ({
	name: operation,
	type: 'n8n-nodes-runcomfy.runComfy',
	typeVersion: 1,
	parameters: { operation, ...parameters },
	credentials: { runComfyApi: credential },
});

const video = {
	prompt: 'The scene, but at night',
	referenceVideo: 'binary',
	videoBinaryPropertyName: 'data',
};

/** Workflows end in a node that does nothing: its start is when the videos were there. */
export const chain = (name: string, nodes: Node[], items: object[]): Workflow =>
	workflow(name, [manualTrigger, ...nodes, nothing('Done')], { items });

export const generate: Contender = {
	name: 'this node: Generate',
	service: 'runcomfy',
	credential: runComfyCredential,
	workflow: (credential, items) =>
		chain('Generate', [files, runComfy(credential, 'generate', video)], items),
};

/** n8n gives out the files, which the simulated service fetches. */
export const generateFromLinks: Contender = {
	...generate,
	name: 'this node: Generate, files as links',
	workflow: (credential, items) => {
		const parameters = { ...video, options: { sendFilesAs: 'link' } };
		return chain('Links', [files, runComfy(credential, 'generate', parameters)], items);
	},
};

export const createAndWait: Contender = {
	name: 'this node: Create → Wait for Completion',
	service: 'runcomfy',
	credential: runComfyCredential,
	workflow: (credential, items) => {
		const create = runComfy(credential, 'create', video);
		return chain('Create', [files, create, runComfy(credential, 'waitForCompletion')], items);
	},
};

const CHAIN_FILE = new URL('./workflows/http-request-chain.json', import.meta.url);
const LIVE_URL = 'https://model-api.runcomfy.net';

export const httpRequests: Contender = {
	name: 'HTTP Request, Wait and IF nodes',
	service: 'runcomfy',
	credential: () => ({ type: 'httpBearerAuth', data: { token: DEFAULT_TOKEN } }),
	workflow: async (credential, items, url) => {
		const text = (await readFile(CHAIN_FILE, 'utf8')).replaceAll(LIVE_URL, url);
		const imported: Omit<Workflow, 'nodes'> & { nodes: Node[] } = JSON.parse(text);
		return {
			...imported,
			nodes: imported.nodes.map((node) =>
				'authentication' in node.parameters
					? { ...node, credentials: { httpBearerAuth: credential } }
					: node,
			),
			pinData: { Start: items.map((json) => ({ json })) },
		};
	},
};

export const openAi: Contender = {
	name: "n8n's OpenAI video operation",
	service: 'videos',
	credential: (url) => ({ type: 'openAiApi', data: { apiKey: 'none', url: `${url}/v1` } }),
	workflow: (credential, items) => {
		const parameters = {
			resource: 'video',
			operation: 'generate',
			modelId: { __rl: true, mode: 'id', value: 'sora-2' },
			// The simulated service notes it, so that the benchmark finds the job of an execution.
			prompt: '={{ $execution.id }}',
			options: { binaryPropertyNameReference: 'data' },
		};
		const node: Node = {
			name: 'OpenAI',
			type: '@n8n/n8n-nodes-langchain.openAi',
			typeVersion: 2.3,
			parameters,
			credentials: { openAiApi: credential },
		};
		return chain('OpenAI', [files, node], items);
	},
};

/** A contender with an n8n and a service of its own. */
export interface Rig {
	contender: Contender;
	n8n: BenchN8n;
	service: Service;
	credential: Credential;
	/** Puts a workflow for these items into n8n and returns its id. */
	prepare(items: object[]): Promise<string>;
}

export async function startRig(
	contender: Contender,
	{ folder }: { folder: string },
	options: ServiceOptions,
): Promise<Rig> {
	const service = await startVideoService(contender.service, folder, options);
	const n8n = await BenchN8n.start({ files: [folder] });
	const { type, data } = contender.credential(service.url);
	const credential = await n8n.addCredential(type, data, type);
	return {
		contender,
		n8n,
		service,
		credential,
		prepare: async (items) =>
			await n8n.addWorkflow(await contender.workflow(credential, items, service.url)),
	};
}

/** Seconds from the moment the files were read to the moment the last item had its video. */
export function workSeconds({ runs }: Execution): number {
	const [{ startTime, executionTime }] = runs.Files;
	return (runs.Done.at(-1)!.startTime - startTime - executionTime) / 1000;
}
