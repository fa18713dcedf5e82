import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The built node and n8n-core have to share one n8n-workflow, or `instanceof` fails between them:
// both come from the n8n that the tests installed.
const n8n = pathToFileURL(join(process.env.RUNCOMFY_TEST_N8N ?? '', 'package.json')).href;

registerHooks({
	resolve: (specifier, context, nextResolve) =>
		/^n8n-(workflow|core)$/.test(specifier)
			? nextResolve(specifier, { ...context, parentURL: n8n })
			: nextResolve(specifier, context),
});
