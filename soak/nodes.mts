import { runComfy, type Credential, type Node } from '../test/support/n8n/workflow.mts';

export interface Setting {
	credential: Credential;
	/** The reference image on disk. */
	photo: string;
	/** The link of another one. */
	imageUrl: string;
	/** Where finished files are written to. */
	files: string;
}

type Image = 'file' | 'url';

/** The items that the webhook was called with. */
export const ITEMS = 'Items';
/** The name of a node that buys, and of one that waits for what was bought. */
export const BUY = 'Buy';
const WAIT = 'Wait';

const PROMPT = `={{ $('${ITEMS}').item.json.prompt }}`;
/** What is silent is given up soon enough for the others. */
const requestOptions = { timeout: 10_000 };

export const items: Node = {
	name: ITEMS,
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'body.items' },
};

export const photo = ({ photo: fileSelector }: Setting): Node => ({
	name: 'Photo',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: { fileSelector, options: {} },
});

/** Writes files under the IDs of execution and request; items without one are left as they are. */
export const save = ({ files }: Setting): Node => ({
	name: 'Save',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: {
		operation: 'write',
		fileName: `=${files}/{{ $execution.id }} {{ $json.request_id }}`,
		dataPropertyName: 'data',
		options: {},
	},
	onError: 'continueRegularOutput',
});

/** Orders a clip of these images. */
export function buy(
	operation: 'create' | 'generate',
	{ credential, imageUrl }: Setting,
	images: Image[],
	settings: Partial<Node>,
	options: object = { skipChecks: ['links'] },
): Node {
	const image = images.map((source) =>
		source === 'url' ? { source, url: imageUrl } : { source: 'binary', binaryPropertyName: 'data' },
	);
	const parameters = {
		prompt: PROMPT,
		referenceImages: { image },
		options,
		waitOptions: {},
		requestOptions,
	};
	return runComfy(operation, credential, { name: BUY, parameters, ...settings });
}

/** Orders what any model makes of the prompt and of these inputs. */
export function buyModel(
	operation: 'create' | 'generate',
	{ credential }: Setting,
	{ modelId, inputs }: { modelId: string; inputs: object },
	settings: Partial<Node>,
): Node {
	const json = JSON.stringify(inputs);
	const parameters = {
		resource: 'model',
		modelId: { __rl: true, mode: 'id', value: modelId },
		specifyInputs: 'json',
		inputsJson: `={{ ({ ...${json}, prompt: $('${ITEMS}').item.json.prompt }) }}`,
		options: {},
		waitOptions: {},
		requestOptions,
	};
	return runComfy(operation, credential, { name: BUY, parameters, ...settings });
}

export const wait = (
	{ credential }: Setting,
	settings: Partial<Node>,
	resource: 'video' | 'model' = 'video',
): Node =>
	runComfy('waitForCompletion', credential, {
		name: WAIT,
		parameters: { resource, waitOptions: {} },
		...settings,
	});
