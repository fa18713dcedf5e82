import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The built node and n8n-core have to share one n8n-workflow, or `instanceof` fails between them:
// both come from `node_modules`, or from the n8n that a test run asks for.
const n8n = createRequire(
	process.env.RUNCOMFY_TEST_N8N
		? join(process.env.RUNCOMFY_TEST_N8N, 'package.json')
		: import.meta.url,
);
const urls = Object.fromEntries(
	['n8n-workflow', 'n8n-core'].map((name) => [name, pathToFileURL(n8n.resolve(name)).href]),
);

registerHooks({
	resolve: (specifier, context, nextResolve) =>
		Object.hasOwn(urls, specifier)
			? { url: urls[specifier], format: 'commonjs', shortCircuit: true }
			: nextResolve(specifier, context),
});
