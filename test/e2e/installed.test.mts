import { readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isBefore } from '../../scripts/runtime/n8n.mjs';
import { projectDir } from '../../scripts/runtime/node.mjs';
import { cleanEnv, run } from '../../scripts/runtime/process.mjs';
import { barePath } from '../support/barePath.mts';
import { startSession, type Session } from '../support/n8n/session.mts';
import { manualTrigger, runComfy, workflow } from '../support/n8n/workflow.mts';
import { startRegistry, type Registry } from '../support/registry.mts';
import { ERROR_CASES } from './errorCases.mts';
import { ErrorRuns } from './errorRuns.mts';

const NAME = 'n8n-nodes-runcomfy';
const TYPE = `${NAME}.runComfy`;
/** Refused by RunComfy, refused by the node, and failed after it was paid for. */
const CASES = ['a wrong token', 'an empty prompt', 'a job that fails'];

let registry: Registry;
let session: Session;
let runs: ErrorRuns;
let path: string;

beforeAll(async () => {
	registry = await startRegistry();
	path = await barePath();
	const env = { ...registry.env, PATH: path, N8N_COMMUNITY_PACKAGES_ENABLED: 'true' };
	const install = async (tarball: string, home: string) => {
		registry.tarball = tarball;
		await npmInstall(join(home, '.n8n', 'nodes'));
	};
	session = await startSession({}, { env, install, editor: true });
	runs = await ErrorRuns.prepare(session);
});

afterAll(async () => {
	await session?.end();
	await registry?.close();
});

/** Installs the package by its name, as people do by hand. */
async function npmInstall(folder: string): Promise<void> {
	const cache = { npm_config_cache: join(folder, '.npm') };
	const env = cleanEnv({ ...registry.env, ...cache, PATH: path });
	await run('npm', ['install', '--prefix', folder, NAME], { cwd: path, env });
}

/** All packages in a folder's node_modules, besides npm's own notes. */
async function installedIn(folder: string): Promise<string[]> {
	const names = await readdir(join(folder, 'node_modules'));
	return names.filter((name) => !name.startsWith('.'));
}

/** Checks that the editor is offered the node once, that it makes a clip, and that it fails in its own words. */
async function assertWorks(type = TYPE): Promise<void> {
	const { n8n, simulator, credential } = session;
	expect((await n8n.typesOffered('nodes')).sort()).toStrictEqual([type, `${type}Tool`]);
	expect(await n8n.typesOffered('credentials')).toStrictEqual(['runComfyApi']);
	simulator.reset();
	const generate = { ...runComfy('generate', credential), type };
	const made = workflow('made', [manualTrigger, generate], {
		items: [{ prompt: 'Figure 1 waves' }],
	});
	const { status, outputs, error } = await n8n.run(await n8n.addWorkflow(made));
	expect([status, error?.message]).toStrictEqual(['success', undefined]);
	expect(outputs.RunComfy[0][0].binary?.data.mimeType).toBe('video/mp4');
	expect(session.submits()).toBe(1);
	for (const name of CASES) await runs.assertStops(ERROR_CASES[name], { type });
}

/** Checks that nothing was downloaded but this package, and what else npm or n8n has looked up. */
function assertAskedFor(...lookUps: string[]): void {
	const expected = [...lookUps, registry.file];
	expect([...new Set(registry.asked)].sort()).toStrictEqual(expected.sort());
}

/** Stops n8n, changes what is installed, and starts it again. */
async function reinstalled(change: (n8nFolder: string) => Promise<unknown>): Promise<void> {
	const { n8n } = session;
	await n8n.terminate();
	await change(join(n8n.home, '.n8n'));
	await n8n.restart();
}

test('npm install in the nodes folder, where nothing can be compiled', async () => {
	expect(await installedIn(join(session.n8n.home, '.n8n', 'nodes'))).toStrictEqual([NAME]);
	assertAskedFor(`/${NAME}`, '/n8n-workflow');
	await assertWorks();
});

test('beside an n8n-workflow that another package has brought', async () => {
	const from = join(projectDir, 'node_modules', 'n8n-workflow');
	await reinstalled((folder) =>
		symlink(from, join(folder, 'nodes', 'node_modules', 'n8n-workflow')),
	);
	await assertWorks();
});

test('in a folder of custom nodes it has another type', async () => {
	await reinstalled(async (folder) => {
		await rm(join(folder, 'nodes'), { recursive: true });
		await npmInstall(join(folder, 'custom'));
	});
	await assertWorks('CUSTOM.runComfy');
});

test("n8n's own Install", async () => {
	const { n8n } = session;
	await reinstalled((folder) => rm(join(folder, 'custom'), { recursive: true }));
	expect(await n8n.typesOffered('nodes')).toStrictEqual([]);
	registry.asked.length = 0;
	await n8n.rest('POST', '/rest/community-packages', { name: NAME });
	expect(await installedIn(join(n8n.home, '.n8n', 'nodes'))).toStrictEqual([NAME]);
	// 1.101.1 leaves the version to npm.
	assertAskedFor(`/${NAME}`, ...(isBefore('1.104') ? [] : [`/${NAME}/latest`]));
	await assertWorks();
	await n8n.rest('DELETE', `/rest/community-packages?name=${NAME}`);
	expect(await n8n.typesOffered('nodes')).toStrictEqual([]);
});
