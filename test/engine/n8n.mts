import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBefore } from '../../scripts/runtime/n8n.mjs';
import type { IBinaryData, INode, IRun, Workflow as WorkflowType } from 'n8n-workflow';

// Set before n8n-core is loaded: it writes its settings there.
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'runcomfy-engine-'));
process.env.N8N_LOG_LEVEL = 'silent';
process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
// What n8n 2 does by itself.
process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';

const installed = process.env.RUNCOMFY_TEST_N8N;
const own = createRequire(installed ? join(installed, 'package.json') : import.meta.url);
/** Loads a module that n8n-core of the n8n that is tested has: `node_modules` may have others of the same name. */
export const fromN8n = createRequire(own.resolve('n8n-core'));
fromN8n('reflect-metadata');

export const core = fromN8n('n8n-core');
export const { Container } = fromN8n('@n8n/di');
export const { Logger } = fromN8n('@n8n/backend-common');
export const { Workflow } = fromN8n('n8n-workflow');
// n8n adds these settings to every declarative node when it loads it.
export const { commonDeclarativeNodeOptionParameters: requestOptions } = fromN8n(
	'n8n-core/dist/nodes-loader/constants',
);
export const { makeHandleToolInvocation } = fromN8n(
	'n8n-core/dist/execution-engine/node-execution-context/utils/get-input-connection-data',
);

interface Execution {
	run(...options: unknown[]): Promise<IRun> & { cancel(): void };
	processRunExecutionData(workflow: WorkflowType): Promise<IRun> & { cancel(): void };
}

export const isN8n1 = isBefore('2');

/** With On Error set to continue, older n8n drop the outputs of all items when an expression throws for one. */
export const keepsOtherItems = !isBefore(isN8n1 ? '1.123.80' : '2.39.6');

/** Runs a workflow from one of its nodes. */
export const runFrom = (startNode: INode | null, workflow: WorkflowType, execution: Execution) =>
	// Until 2.0, n8n was given them one by one.
	execution.run.length > 1
		? execution.run(workflow, startNode)
		: execution.run({ workflow, startNode });

/** Puts a file where n8n keeps files, once its store is open. */
export async function store(bytes: Buffer, about: Partial<IBinaryData>): Promise<IBinaryData> {
	const service = Container.get(core.BinaryDataService);
	const [workflowId, executionId] = ['workflow', '1'];
	const file = { ...about, data: '' };
	// Until 1.121 these were given one by one.
	return service.store.length === 4
		? await service.store(workflowId, executionId, bytes, file)
		: await service.store({ type: 'execution', workflowId, executionId }, bytes, file);
}

const { SSHClientsManager } = fromN8n('n8n-core/dist/execution-engine/ssh-clients-manager');
// Its timer would keep a finished test file from ending.
afterAll(() => Container.get(SSHClientsManager).onShutdown());
