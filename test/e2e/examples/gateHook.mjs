// Loaded by n8n itself (EXTERNAL_HOOK_FILES): before and after each node of each workflow, n8n asks the
// test's gate, and goes on when it is answered. So a test can kill n8n at any node and between any two.
import { createRequire } from 'node:module';

export const n8n = { ready: [askAtEachNode] };

async function askAtEachNode() {
	const { ExecutionLifecycleHooks } = createRequire(process.argv[1])('n8n-core');
	const { runHook } = ExecutionLifecycleHooks.prototype;
	ExecutionLifecycleHooks.prototype.runHook = async function (hook, parameters) {
		await runHook.call(this, hook, parameters);
		const when = { nodeExecuteBefore: 'before', nodeExecuteAfter: 'after' }[hook];
		if (!when) return;
		const { executionId, workflowData } = this;
		const step = { executionId, workflow: workflowData.name, node: parameters[0], when };
		await fetch(process.env.TEST_GATE_URL, { method: 'POST', body: JSON.stringify(step) });
	};
}
