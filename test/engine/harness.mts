import { AsyncLocalStorage } from 'node:async_hooks';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeType,
	IRun,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import {
	Container,
	core,
	fromN8n,
	Logger,
	makeHandleToolInvocation,
	requestOptions,
	runFrom,
	Workflow,
} from './n8n.mts';

const require = createRequire(import.meta.url);
const { parse, stringify } = fromN8n('flatted');
const DIST = join(import.meta.dirname, '../../dist');
const NODE = 'nodes/RunComfy/RunComfy.node.js';
const CLOCK = 'nodes/RunComfy/n8n/clock.js';

type NodeClass = new () => INodeType;

const { RunComfy } = require(join(DIST, NODE)) as { RunComfy: NodeClass };
const { RunComfyApi } = require('../../dist/credentials/RunComfyApi.credentials.js');

const runLog = new AsyncLocalStorage<string[]>();
const quiet = Container.get(Logger);
Container.set(
	Logger,
	Object.create(quiet, {
		...Object.fromEntries(
			['info', 'warn', 'error'].map((level) => [
				level,
				{ value: (text: string) => runLog.getStore()?.push(text) },
			]),
		),
		scoped: { value: () => quiet },
	}),
);

/** The built node as another process loads it: with a memory of its own, and with the clock of this one. */
export function anotherProcess(): NodeClass {
	const folder = mkdtempSync(join(process.env.N8N_USER_FOLDER!, 'process-'));
	cpSync(DIST, folder, { recursive: true });
	const clock = JSON.stringify(join(DIST, CLOCK));
	writeFileSync(join(folder, CLOCK), `module.exports = require(${clock});`);
	return require(join(folder, NODE)).RunComfy;
}

let executions = 0;

export interface RunOptions {
	simulator: { url: string; token: string };
	parameters?: IDataObject;
	items?: INodeExecutionData[];
	/** Settings of the node, such as onError, retryOnFail, maxTries, executeOnce. */
	settings?: Partial<INode>;
	credential?: IDataObject;
	/** Calls the node as an agent's tool instead, with these arguments one after another. */
	asAgent?: IDataObject[];
	/** The node's type; n8n gives tools one of their own. */
	type?: 'runComfy' | 'runComfyTool';
	/** Settings of the workflow, such as executionTimeout. */
	workflowSettings?: IWorkflowSettings;
	/** The workflow and how n8n runs it; runs of one workflow know each other's orders. */
	executionId?: string;
	workflowId?: string;
	mode?: WorkflowExecuteMode;
	/** The execution that n8n's Retry runs again, from the node that failed. */
	retryOf?: RunOutcome;
	/** The node of another process. */
	node?: NodeClass;
	/** What n8n keeps of the workflow from one execution to the next. */
	staticData?: IDataObject;
	/** Where n8n says that its API is; by itself, it takes itself to be on this machine. */
	restApiUrl?: string;
	/** Called with the function that stops the execution, as the user would. */
	onStart?: (stop: () => void) => void;
}

export interface RunOutcome {
	items: INodeExecutionData[];
	/** The second output, with On Error set to "Continue (using error output)". */
	errorItems: INodeExecutionData[];
	/** What stopped the workflow, as the editor shows it. */
	error?: { message: string; description?: string | null };
	run: IRun;
	/** What n8n saves with the workflow, if it was changed; nothing of a stopped execution. */
	savedData?: IDataObject;
	/** What the node logged for whoever runs n8n. */
	log: string[];
}

/** A trigger that puts out `items`. */
function source(items: INodeExecutionData[]): INodeType {
	return {
		description: {
			displayName: 'Items',
			name: 'items',
			group: ['trigger'],
			version: 1,
			description: '',
			defaults: {},
			inputs: [],
			outputs: ['main'],
			properties: [],
		},
		execute: async () => [items],
	};
}

/**
 * A node type that calls the node as a tool, as n8n's AI agents do: one call after another, each with
 * its arguments, and all with the agent's own input and execution.
 */
function agent(calls: IDataObject[], type: NodeClass): INodeType {
	const tool = declarative(type);
	return {
		...tool,
		description: tool.description,
		// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a context, with what n8n keeps private
		async execute(this: any) {
			// n8n books the runs of a tool under its name.
			const node = { ...this.node, name: 'Tool' };
			const context = (runIndex: number) =>
				new core.SupplyDataContext(
					this.workflow,
					node,
					this.additionalData,
					this.mode,
					this.runExecutionData,
					runIndex,
					this.connectionInputData,
					{},
					'ai_tool',
					this.executeData,
					[],
					this.abortSignal,
					this.node,
				);
			const invoke = makeHandleToolInvocation(context, node, tool, this.runExecutionData);
			const json: IDataObject = {};
			for (const [index, args] of calls.entries()) {
				json[index] = await invoke(args).catch((error: Error) => error.message);
			}
			return [[{ json }]];
		},
	};
}

/** A fresh node type that runs as n8n itself runs a declarative one. */
function declarative(type: NodeClass): INodeType {
	const node = new type();
	node.description.properties = [...node.description.properties, requestOptions];
	node.execute = async function (this: IExecuteFunctions) {
		return (await new core.RoutingNode(this, node).runNode()) ?? [];
	};
	return node;
}

/**
 * Runs the built node through n8n-core's own engine, behind a node that puts out `items`. Ends when
 * nothing of the run is at work any more, also after a stop.
 */
export async function runNode(options: RunOptions): Promise<RunOutcome> {
	const log: string[] = [];
	return { ...(await runLog.run(log, execute, options)), log };
}

async function execute(options: RunOptions): Promise<Omit<RunOutcome, 'log'>> {
	const { simulator, settings = {}, items = [{ json: {} }], retryOf } = options;
	const { mode = retryOf ? 'retry' : 'manual', node: type = RunComfy } = options;
	const { executionId = String(++executions) } = options;
	const { workflowId = `workflow-${executionId}` } = options;
	const runComfy = options.asAgent ? agent(options.asAgent, type) : declarative(type);
	const types: Record<string, INodeType> = {
		items: source(items),
		runComfy,
		runComfyTool: runComfy,
	};
	const nodeTypes = {
		getByName: (type: string) => types[type],
		getByNameAndVersion: (type: string) => types[type],
		getKnownTypes: () => ({}),
	};
	const node = (name: string, type: string, more: Partial<INode> = {}): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...more,
	});
	const credentials = { runComfyApi: { id: '1', name: 'RunComfy' } };
	const parameters = { resource: 'video', ...options.parameters };
	const workflow = new Workflow({
		id: workflowId,
		staticData: options.staticData,
		nodes: [
			node('Items', 'items'),
			node('RunComfy', options.type ?? 'runComfy', {
				parameters,
				credentials,
				...settings,
			} as Partial<INode>),
		],
		connections: { Items: { main: [[{ node: 'RunComfy', type: 'main', index: 0 }]] } },
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', ...options.workflowSettings },
	});
	const credential = { apiToken: simulator.token, baseUrl: simulator.url, ...options.credential };
	const finished = Promise.withResolvers<IRun>();
	const hooks = new core.ExecutionLifecycleHooks(mode, executionId, { id: workflowId });
	let savedData: IDataObject | undefined;
	hooks.addHandler('workflowExecuteAfter', (run: IRun, changed?: IDataObject) => {
		if (mode !== 'manual') savedData = changed && JSON.parse(JSON.stringify(changed));
		finished.resolve(run);
	});
	const additionalData = {
		hooks,
		executionId,
		currentNodeExecutionIndex: 0,
		variables: {},
		credentialsHelper: credentialsHelper(credential),
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		restApiUrl: options.restApiUrl ?? 'http://localhost:5678/rest',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
	};
	const execution = new core.WorkflowExecute(additionalData, mode, retryOf && dataToRetry(retryOf));
	const running = retryOf
		? execution.processRunExecutionData(workflow)
		: runFrom(workflow.getNode('Items'), workflow, execution);
	options.onStart?.(() => running.cancel());
	running.catch(finished.reject);
	const run = await finished.promise;
	await running;
	const taskData = run.data.resultData.runData.RunComfy?.at(-1);
	const outputs = taskData?.data?.main ?? [];
	const { error } = run.data.resultData;
	return {
		items: outputs[0] ?? [],
		errorItems: outputs[1] ?? [],
		error: error && { message: error.message, description: error.description },
		run,
		savedData,
	};
}

/** What n8n's Retry starts from: what was saved of the execution, without the run that failed. */
function dataToRetry({ run: { data } }: RunOutcome): IRun['data'] {
	const saved: IRun['data'] = parse(stringify(data));
	const { resultData } = saved;
	delete resultData.error;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''];
	if (runs?.at(-1)?.error) runs.pop();
	return saved;
}

function credentialsHelper(credential: IDataObject) {
	const { authenticate } = new RunComfyApi();
	return {
		getParentTypes: () => [],
		getDecrypted: async () => credential,
		getCredentialsProperties: () => [],
		isCredentialUsableByNode: () => true,
		preAuthentication: async () => undefined,
		runPreAuthentication: async () => undefined,
		authenticate: async (data: IDataObject, _type: string, request: { headers?: IDataObject }) => {
			const template: string = authenticate.properties.headers.Authorization;
			const authorization = template
				.slice(1)
				.replace(/\{\{(.*)\}\}/, (_, code) => new Function('$credentials', `return ${code}`)(data));
			return { ...request, headers: { ...request.headers, Authorization: authorization } };
		},
	};
}
