import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './process.mjs';

/** Runs one n8n command in an instance's home. */
export const n8nCommand = ({ node, entry, env, home, onOutput }, ...args) =>
	run(node, [entry, ...args], { env, cwd: home, onOutput });

export const importCredential = (instance, credential) =>
	importJson(instance, 'credentials', [credential]);

// Older n8n want it said that a new workflow is not active; 2.0.3 wants the ID of its version.
export const importWorkflow = (instance, workflow) =>
	importJson(instance, 'workflow', [{ active: false, versionId: randomUUID(), ...workflow }]);

async function importJson(instance, kind, entries) {
	const file = join(instance.home, `${kind}.json`);
	await writeFile(file, JSON.stringify(entries), { mode: 0o600 });
	const { stdout } = await n8nCommand(instance, `import:${kind}`, `--input=${file}`);
	await rm(file);
	// n8n ends with exit code 0 even when the import failed.
	if (!stdout.includes('Successfully imported 1')) {
		throw new Error(`n8n did not import the ${kind}: ${stdout.trim().split('\n').at(-1)}`);
	}
}

/** Runs an imported workflow and returns what each node put out: `{ [node name]: items }`. */
export async function executeWorkflow(instance, id) {
	// What was bought is said at once: whatever fails later, the ID is not lost.
	const onOutput = (text) =>
		text.match(/RunComfy: bought request \S+/g)?.forEach((line) => console.log(`   ${line}`));
	const { stdout } = await n8nCommand(
		{ ...instance, onOutput },
		'execute',
		`--id=${id}`,
		'--rawOutput',
	).catch((error) => error);
	const lines = stdout?.split('\n') ?? [];
	const json = lines.slice(lines.indexOf('{'), lines.lastIndexOf('}') + 1).join('\n');
	if (!json) throw new Error(`n8n did not run the workflow: ${lines.filter(Boolean).at(-1)}`);

	const { error, runData } = JSON.parse(json).data.resultData;
	if (error) {
		const where = error.node ? `in the node "${error.node.name}": ` : '';
		throw new Error(`The workflow stopped ${where}${error.message}`, { cause: error });
	}
	return Object.fromEntries(
		Object.entries(runData).map(([name, runs]) => [name, runs[0].data.main[0] ?? []]),
	);
}
