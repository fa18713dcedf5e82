import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage } from '../../scripts/runtime/package.mjs';
import { cleanEnv, run } from '../../scripts/runtime/process.mjs';
import { ensureN8nWorkflow } from '../../scripts/runtime/workflow.mjs';

describe('the packed node on an older n8n', () => {
	let folder: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(await realpath(tmpdir()), 'runcomfy-old-n8n-'));
		await run('tar', ['-xzf', await packPackage(folder), '-C', folder]);
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	/** Loads it as n8n does, which leads nodes to its own n8n-workflow, and returns the error's message. */
	async function load(n8nWorkflow: string): Promise<string> {
		const file = join(folder, 'package/dist/nodes/RunComfy/RunComfy.node.js');
		const code = `try { new (require(${JSON.stringify(file)}).RunComfy)(); }
			catch (error) { process.stdout.write(error.message); }`;
		const env = cleanEnv({ NODE_PATH: await ensureN8nWorkflow(n8nWorkflow) });
		return (await run(process.execPath, ['-e', code], { cwd: folder, env })).stdout;
	}

	test.each([
		['1.82.3', '1.80.1'],
		['1.99.1', '1.96.0'],
	])('says at load that %s is too old', async (_n8n, n8nWorkflow) => {
		expect(await load(n8nWorkflow)).toBe(
			'RunComfy needs n8n 1.100 or newer, and this n8n is older. Update n8n.',
		);
	});

	test('loads in 1.100.1', async () => {
		expect(await load('1.97.0')).toBe('');
	});
});
