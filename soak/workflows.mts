import {
	nothing,
	webhook,
	workflow,
	type Node,
	type Workflow,
} from '../test/support/n8n/workflow.mts';
import { buy, buyModel, items, photo, save, wait, type Setting } from './nodes.mts';

interface Chain {
	/** Each output of a node leads to one of the nodes that follow in its array. */
	nodes: (setting: Setting) => Array<Node | Node[]>;
	/** Its orders have idempotency keys, so they come more than once. */
	isKeyed?: true;
	sendsLinks?: true;
	/** Seconds after which n8n ends an execution. */
	timeout?: number;
}

const RETRY = { retryOnFail: true, maxTries: 3 };
/** The pause lasts beyond n8n's timeout: what it ends is the node, not a wait that has given up. */
const RETRY_TOO_LATE = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5_000 };
const ERROR_OUTPUT = { onError: 'continueErrorOutput' } as const;
const REGULAR_OUTPUT = { onError: 'continueRegularOutput' } as const;
/** Most jobs take longer than the 7 s that it leaves for a wait. */
const TIMEOUT_S = 12;

const AS_LINK = { sendFilesAs: 'link', skipChecks: [] };
const KEY = { idempotencyKey: "={{ $('Items').item.json.prompt }}", skipChecks: ['links'] };

const PICTURE = {
	modelId: 'google/nano-banana-2-lite/text-to-image',
	inputs: { aspect_ratio: '16:9' },
};
const EDIT = { modelId: 'google/nano-banana-2-lite/edit', inputs: { image_urls: 'data' } };
const CLIP = { modelId: 'kling/kling-3.0/pro/text-to-video', inputs: { duration: 5 } };

/** The node again and again, in the ways that users build it in, by the path of its webhook. */
const CHAINS: Record<string, Chain> = {
	'generate-error-output': {
		nodes: (setting) => [
			photo(setting),
			buy('generate', setting, ['file', 'url'], { ...ERROR_OUTPUT, ...RETRY }),
			[save(setting), nothing('Failed')],
		],
	},
	'generate-regular-output': {
		nodes: (setting) => [buy('generate', setting, ['url'], REGULAR_OUTPUT), save(setting)],
	},
	'generate-stop': {
		nodes: (setting) => [
			photo(setting),
			buy('generate', setting, ['url', 'file'], RETRY),
			save(setting),
		],
	},
	'create-error-output': {
		nodes: (setting) => [
			photo(setting),
			buy('create', setting, ['file'], { ...ERROR_OUTPUT, ...RETRY }),
			[wait(setting, ERROR_OUTPUT), nothing('Not bought')],
			[save(setting), nothing('Not finished')],
		],
	},
	'create-stop': {
		nodes: (setting) => [buy('create', setting, ['url'], {}), wait(setting, RETRY), save(setting)],
	},
	'generate-links': {
		sendsLinks: true,
		nodes: (setting) => [
			photo(setting),
			buy('generate', setting, ['file', 'url'], { ...ERROR_OUTPUT, ...RETRY }, AS_LINK),
			[save(setting), nothing('Failed')],
		],
	},
	'create-links': {
		sendsLinks: true,
		nodes: (setting) => [
			photo(setting),
			buy('create', setting, ['file', 'file'], {}, AS_LINK),
			wait(setting, RETRY),
			save(setting),
		],
	},
	'generate-key': {
		isKeyed: true,
		nodes: (setting) => [buy('generate', setting, ['url'], REGULAR_OUTPUT, KEY), save(setting)],
	},
	'create-key': {
		isKeyed: true,
		nodes: (setting) => [
			photo(setting),
			buy('create', setting, ['file'], RETRY, KEY),
			wait(setting, ERROR_OUTPUT),
			[save(setting), nothing('Not finished')],
		],
	},
	'generate-picture': {
		nodes: (setting) => [
			buyModel('generate', setting, PICTURE, { ...ERROR_OUTPUT, ...RETRY }),
			[save(setting), nothing('Failed')],
		],
	},
	'generate-edit': {
		nodes: (setting) => [
			photo(setting),
			buyModel('generate', setting, EDIT, REGULAR_OUTPUT),
			save(setting),
		],
	},
	'create-clip': {
		nodes: (setting) => [
			buyModel('create', setting, CLIP, RETRY),
			wait(setting, {}, 'model'),
			save(setting),
		],
	},
	'generate-timeout': {
		timeout: TIMEOUT_S,
		nodes: (setting) => [buy('generate', setting, ['url'], {}), save(setting)],
	},
	'generate-timeout-error-output': {
		timeout: TIMEOUT_S,
		nodes: (setting) => [
			buy('generate', setting, ['url'], ERROR_OUTPUT),
			[save(setting), nothing('Failed')],
		],
	},
	'generate-timeout-retry': {
		timeout: TIMEOUT_S,
		nodes: (setting) => [
			photo(setting),
			buy('generate', setting, ['file'], RETRY_TOO_LATE),
			save(setting),
		],
	},
	'create-timeout': {
		timeout: TIMEOUT_S,
		nodes: (setting) => [buy('create', setting, ['url'], {}), wait(setting, {}), save(setting)],
	},
	'create-timeout-retry': {
		timeout: TIMEOUT_S,
		nodes: (setting) => [
			buyModel('create', setting, CLIP, {}),
			wait(setting, RETRY_TOO_LATE, 'model'),
			save(setting),
		],
	},
};

export const PATHS = Object.keys(CHAINS);

export const isKeyed = (path: string): boolean => CHAINS[path].isKeyed ?? false;

export const sendsLinks = (path: string): boolean => CHAINS[path].sendsLinks ?? false;

export const hasTimeout = (path: string): boolean => CHAINS[path].timeout !== undefined;

export function workflowOf(path: string, setting: Setting): Workflow {
	const { nodes, timeout: executionTimeout } = CHAINS[path];
	const chain = [webhook(path), items, ...nodes(setting)];
	return workflow(path, chain, { settings: { executionTimeout } });
}
