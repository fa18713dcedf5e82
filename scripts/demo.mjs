import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { priceSentence } from './demo/price.mjs';
import { checkClip, printResult } from './demo/result.mjs';
import { cleanUp, interrupted } from './runtime/cleanup.mjs';
import { executeWorkflow, importCredential, importWorkflow } from './runtime/cli.mjs';
import { exampleMedia, exampleWorkflow } from './runtime/example.mjs';
import { createInstance, temporaryFolder } from './runtime/instance.mjs';
import { ensureN8n, N8N_VERSION } from './runtime/n8n.mjs';
import { ensureDependencies, ensureNode, projectDir } from './runtime/node.mjs';
import { buildPackage, packPackage } from './runtime/package.mjs';
import { createOwner, startN8n, startSimulatorProcess } from './runtime/server.mjs';

const LIVE_URL = 'https://model-api.runcomfy.net';
const WORKFLOW_ID = 'photosToVideo';
const DRY_RUN_ID = 'dryRun';
const OUTPUT_DIR = join(projectDir, 'output');

async function main() {
	const { keep, spend } = readFlags();
	const token = process.env.RUNCOMFY_API_TOKEN;
	if (spend && !token) throw new Error('--spend needs a token in RUNCOMFY_API_TOKEN.');
	if (token) {
		console.log(await priceSentence(LIVE_URL, token));
		if (!spend) {
			console.log('Nothing was bought. To go on and pay that: npm run demo -- --spend');
			return;
		}
	}

	const folder = await temporaryFolder('n8n-nodes-runcomfy-demo');
	const tarball = await step('Building and packing the node', async () => {
		await ensureDependencies();
		await buildPackage();
		return await packPackage(folder);
	});
	await step(`Installing n8n ${N8N_VERSION}, unless it is there already`, async () => {
		await ensureNode();
		await ensureN8n();
	});
	const api = token
		? { baseUrl: LIVE_URL, apiToken: token }
		: await step('Starting a simulator of the RunComfy API', () => startSimulatorProcess(folder));
	const file = join(OUTPUT_DIR, 'demo.mp4');
	const sample = join(OUTPUT_DIR, 'demo-dry-run.mp4');
	const n8n = await step('Installing the packed node in a fresh n8n', async () => {
		await mkdir(OUTPUT_DIR, { recursive: true });
		for (const path of [file, sample]) await rm(path, { force: true });
		return await createInstance({ tarball, files: [exampleMedia, OUTPUT_DIR] });
	});
	await step('Importing a credential and the example workflow', async () => {
		const { baseUrl, apiToken } = api;
		const credential = { id: 'runComfyDemo', name: 'RunComfy demo', type: 'runComfyApi' };
		await importCredential(n8n, { ...credential, data: { apiToken, baseUrl } });
		const dry = { id: DRY_RUN_ID, output: sample, dryRun: true };
		for (const own of [dry, { id: WORKFLOW_ID, output: file }])
			await importWorkflow(n8n, await exampleWorkflow({ ...own, credential }));
	});
	await step('A dry run first: all is checked and priced, and nothing is bought', async () => {
		const { RunComfy } = await executeWorkflow(n8n, DRY_RUN_ID);
		console.log(`   ${RunComfy[0].json.warnings[0]}`);
		await checkClip(sample);
	});
	const started = Date.now();
	const [{ json }] = await step('Running it: two photos and a clip in, a video out', async () => {
		const outputs = await executeWorkflow(n8n, WORKFLOW_ID);
		return outputs.RunComfy;
	});
	const seconds = (Date.now() - started) / 1000;
	const clip = await step('Checking the video', () => checkClip(file));
	printResult({ json, clip, file, seconds });
	if (keep) await leaveRunning(n8n, [folder, n8n.home], api.child);
	else await cleanUp();
}

function readFlags() {
	const given = process.argv.slice(2);
	const unknown = given.find((flag) => !['--keep', '--spend'].includes(flag));
	if (unknown) throw new Error(`The demo knows --keep and --spend, but not "${unknown}".`);
	return { keep: given.includes('--keep'), spend: given.includes('--spend') };
}

let steps = 0;

async function step(title, work) {
	steps += 1;
	console.log(`${steps}. ${title}`);
	const started = Date.now();
	const result = await work();
	console.log(`   ${((Date.now() - started) / 1000).toFixed(1)} s`);
	return result;
}

/** Starts n8n's editor and ends only this process; the rest stays until the user ends it. */
async function leaveRunning(n8n, folders, simulator) {
	const server = await step('Starting the editor', () => startN8n(n8n));
	const { email, password } = await createOwner(n8n);
	const pids = [server, simulator].filter(Boolean).map(({ pid }) => pid);
	console.log(`
n8n is running at ${n8n.url}/workflow/${WORKFLOW_ID}
log in with ${email} and ${password}
to end it: kill ${pids.join(' ')} && sleep 2 && rm -r ${folders.join(' ')}`);
	process.exit(0);
}

try {
	await main();
} catch (error) {
	// After a signal the steps fail because everything is being stopped, which the user asked for.
	if (!interrupted) {
		console.error(`The demo stopped: ${error.message}`);
		process.exitCode = 1;
		await cleanUp();
	}
}
