import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectDir } from '../../../scripts/runtime/node.mjs';
import type { Credential, Workflow } from '../../support/n8n/workflow.mts';

export const exampleFolder = join(projectDir, 'examples');

/** Where the examples read and write files: the one folder that n8n allows by default. */
const FILES = '/home/node/.n8n-files';

export interface ExampleNode {
	name: string;
	type: string;
	typeVersion: number;
	position: [x: number, y: number];
	parameters: Record<string, unknown>;
	onError?: string;
	credentials?: object;
}

export type Example = Omit<Workflow, 'nodes'> & { nodes: ExampleNode[] };

export async function readExample(file: string): Promise<Example> {
	return JSON.parse(await readFile(join(exampleFolder, file), 'utf8'));
}

/** What a user changes in an example before running it. */
export interface Adaptation {
	name?: string;
	credential: Credential;
	/** Stands in for n8n's folder of files. */
	folder?: string;
	/** Parameters to set, by node. */
	parameters?: Record<string, object>;
	/** Whether links are looked at: those of most tests lead nowhere. */
	checksLinks?: boolean;
}

/** An example as a user would adapt it. */
export async function adaptedExample(
	file: string,
	{ name, credential, folder = FILES, parameters = {}, checksLinks }: Adaptation,
): Promise<Example> {
	const example = await readExample(file);
	const nodes = example.nodes.map((node) => {
		const own = { ...inFolder(node.parameters, folder), ...parameters[node.name] };
		if (!/\.runComfy(Tool)?$/.test(node.type)) return { ...node, parameters: own };
		const options = checksLinks ? own.options : { ...own.options, skipChecks: ['links'] };
		return { ...node, parameters: { ...own, options }, credentials: { runComfyApi: credential } };
	});
	return { ...example, name: name ?? example.name, nodes };
}

const inFolder = (parameters: object, folder: string) =>
	JSON.parse(JSON.stringify(parameters).replaceAll(FILES, folder));
