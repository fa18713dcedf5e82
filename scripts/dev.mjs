// The editor of a real n8n with the node as it is in the working copy, built again on every change, and
// the simulator beside it:  npm run dev
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runToEnd } from './runtime/cleanup.mjs';
import { importCredential, importWorkflow } from './runtime/cli.mjs';
import { exampleMedia, exampleWorkflow } from './runtime/example.mjs';
import { createInstance, packageFolder, temporaryFolder } from './runtime/instance.mjs';
import { ensureDependencies, projectDir } from './runtime/node.mjs';
import { start } from './runtime/process.mjs';
import { createOwner, startN8n, startSimulatorProcess } from './runtime/server.mjs';

const WORKFLOW_ID = 'photosToVideo';

/**
 * Builds into n8n's own folder of the package instead of linking it to the working copy: from there the
 * node would load another n8n-workflow than n8n does, and a test run clears `dist` while n8n looks on.
 */
async function buildOnChange(folder) {
	await cp(join(projectDir, 'package.json'), join(folder, 'package.json'));
	await cp(join(projectDir, 'icons'), join(folder, 'dist', 'icons'), { recursive: true });
	const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
	const args = [tsc, '--watch', '--preserveWatchOutput', '--outDir', join(folder, 'dist')];
	const compiler = start(process.execPath, args, { cwd: projectDir });
	await new Promise((built) => {
		compiler.stdout.setEncoding('utf8').on('data', (text) => {
			process.stdout.write(text);
			if (text.includes('Watching for file changes')) built();
		});
	});
	return compiler;
}

await runToEnd(async () => {
	await ensureDependencies();
	const folder = await temporaryFolder('n8n-nodes-runcomfy-dev');
	const n8n = await createInstance({ files: [exampleMedia, folder] });
	const compiler = await buildOnChange(await packageFolder(n8n.home));
	const { child: simulator, baseUrl, apiToken } = await startSimulatorProcess(folder);

	console.log('Starting n8n');
	const credential = { id: 'simulator', name: 'Simulator', type: 'runComfyApi' };
	await importCredential(n8n, { ...credential, data: { apiToken, baseUrl } });
	const output = join(folder, 'clip.mp4');
	await importWorkflow(n8n, await exampleWorkflow({ id: WORKFLOW_ID, credential, output }));
	// n8n loads a package again when its files change, and tells the open editor.
	const server = await startN8n({ ...n8n, env: { ...n8n.env, N8N_DEV_RELOAD: 'true' } });
	const { email, password } = await createOwner(n8n);
	console.log(`
n8n is running at ${n8n.url}/workflow/${WORKFLOW_ID}
log in with ${email} and ${password}
logs: ${join(n8n.home, 'n8n.log')}, ${join(folder, 'simulator.log')}
to end it: Ctrl+C
`);
	await Promise.race([compiler, simulator, server].map((child) => once(child, 'close')));
	throw new Error('One of the compiler, the simulator and n8n has ended.');
});
