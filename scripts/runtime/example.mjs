import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectDir } from './node.mjs';

const NODE_TYPE = 'n8n-nodes-runcomfy.runComfy';

export const exampleMedia = join(projectDir, 'examples', 'media');

/** The example workflow as a user would adapt it: with a credential, and with paths of this machine. */
export async function exampleWorkflow({ id, credential, output, dryRun = false }) {
	const workflow = await readExample();
	const nodes = workflow.nodes.map((node) => adapt(node, { credential, output, dryRun }));
	return { ...workflow, id, nodes };
}

export async function exampleParameters() {
	const { nodes } = await readExample();
	return nodes.find(({ type }) => type === NODE_TYPE).parameters;
}

async function readExample() {
	const file = join(projectDir, 'examples', 'photos-to-video.json');
	return JSON.parse(await readFile(file, 'utf8'));
}

function adapt(node, { credential: { id, name }, output, dryRun }) {
	if (node.type === NODE_TYPE) {
		const options = { ...node.parameters.options, ...(dryRun && { dryRun }) };
		const credentials = { runComfyApi: { id, name } };
		return { ...node, parameters: { ...node.parameters, options }, credentials };
	}

	const { fileSelector, fileName } = node.parameters;
	if (fileSelector) {
		const path = join(exampleMedia, basename(fileSelector));
		return { ...node, parameters: { ...node.parameters, fileSelector: path } };
	}
	if (fileName) return { ...node, parameters: { ...node.parameters, fileName: output } };
	return node;
}
