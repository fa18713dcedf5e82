import { nothing, runComfy, webhook, workflow } from '../test/support/n8n/workflow.mts';
import type { Credential, Node, Workflow } from '../test/support/n8n/workflow.mts';

export interface Setting {
	credential: Credential;
	/** The reference image on disk. */
	photo: string;
	/** Where finished videos are written to. */
	videos: string;
}

const URL_IMAGE = { source: 'url', url: 'https://example.com/cup.png' };
const FILE_IMAGE = { source: 'binary', binaryPropertyName: 'data' };
const RETRY = { retryOnFail: true, maxTries: 3 };

/** The items that the webhook was called with. */
const items: Node = {
	name: 'Items',
	type: 'n8n-nodes-base.splitOut',
	typeVersion: 1,
	parameters: { fieldToSplitOut: 'body.items' },
};

const photo = (fileSelector: string): Node => ({
	name: 'Photo',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: { fileSelector, options: {} },
});

/** Writes videos under the IDs of their requests; items without one are left as they are. */
const save = (folder: string): Node => ({
	name: 'Save',
	type: 'n8n-nodes-base.readWriteFile',
	typeVersion: 1.1,
	parameters: {
		operation: 'write',
		fileName: `=${folder}/{{ $json.request_id }}.mp4`,
		dataPropertyName: 'data',
		options: {},
	},
	onError: 'continueRegularOutput',
});

/** The name of a node that buys, and of one that waits for what was bought. */
export const BUY = 'Buy';
export const WAIT = 'Wait';

function buy(operation: string, { credential }: Setting, images: object[], more: Partial<Node>) {
	const parameters = {
		prompt: "={{ $('Items').item.json.prompt }}",
		referenceImages: { image: images },
		waitOptions: {},
		requestOptions: { timeout: 10_000 },
	};
	return runComfy(operation, credential, { name: BUY, parameters, ...more });
}

const wait = ({ credential }: Setting, more: Partial<Node>): Node =>
	runComfy('waitForCompletion', credential, {
		name: WAIT,
		parameters: { waitOptions: {} },
		...more,
	});

/** The node again and again, in the ways that users build it in, by the path of its webhook. */
const CHAINS: Record<string, (setting: Setting) => Array<Node | Node[]>> = {
	'generate-error-output': (setting) => {
		const settings = { onError: 'continueErrorOutput', ...RETRY } as const;
		const generate = buy('generate', setting, [FILE_IMAGE, URL_IMAGE], settings);
		return [photo(setting.photo), generate, [save(setting.videos), nothing('Failed')]];
	},
	'generate-regular-output': (setting) => {
		const settings = { onError: 'continueRegularOutput' } as const;
		return [buy('generate', setting, [URL_IMAGE], settings), save(setting.videos)];
	},
	'generate-stop': (setting) => [
		photo(setting.photo),
		buy('generate', setting, [URL_IMAGE, FILE_IMAGE], RETRY),
		save(setting.videos),
	],
	'create-error-output': (setting) => {
		const onError = 'continueErrorOutput';
		return [
			photo(setting.photo),
			buy('create', setting, [FILE_IMAGE], { onError, ...RETRY }),
			[wait(setting, { onError }), nothing('Not bought')],
			[save(setting.videos), nothing('Not finished')],
		];
	},
	'create-stop': (setting) => [
		buy('create', setting, [URL_IMAGE], {}),
		wait(setting, RETRY),
		save(setting.videos),
	],
};

export const PATHS = Object.keys(CHAINS);

export const workflowOf = (path: string, setting: Setting): Workflow =>
	workflow(path, [webhook(path), items, ...CHAINS[path](setting)]);
