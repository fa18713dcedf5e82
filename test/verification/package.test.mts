import { mkdtemp, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import { DEFAULT_N8N_VERSION } from '../../scripts/runtime/n8n.mjs';
import { projectDir } from '../../scripts/runtime/node.mjs';
import { packPackage } from '../../scripts/runtime/package.mjs';
import { run } from '../../scripts/runtime/process.mjs';
import { loadScanner } from '../../scripts/runtime/scanner.mjs';

const MOST_BYTES_AT_START = 60_000;

describe('the packed package', () => {
	let folder: string;
	let unpacked: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(await realpath(tmpdir()), 'runcomfy-package-'));
		unpacked = join(folder, 'package');
		await mkdir(unpacked);
		const tarball = await packPackage(folder);
		await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));

	test('passes the scanner that n8n verifies packages with, and so does its source', async () => {
		const { analyzePackage, SOURCE_FILE_PATTERNS } = await loadScanner();
		// The scanner's exit code says nothing; its verdict does.
		expect(await analyzePackage(projectDir, SOURCE_FILE_PATTERNS)).toStrictEqual({ passed: true });
		expect(await analyzePackage(unpacked)).toStrictEqual({ passed: true });
	});

	test('loads in n8n with icon, codex, credential and request options', async () => {
		process.env.N8N_USER_FOLDER = folder;
		const fromN8n = createRequire(createRequire(import.meta.url).resolve('n8n-core'));
		fromN8n('reflect-metadata');
		const { PackageDirectoryLoader } = fromN8n('n8n-core');
		const loader = new PackageDirectoryLoader(unpacked);
		await loader.loadAll();

		const node: INodeTypeDescription = loader.types.nodes.find(
			({ name }: INodeTypeDescription) => name === 'runComfy',
		);
		expect(node.displayName).toBe('RunComfy');
		expect(Object.keys(node.iconUrl ?? {})).toStrictEqual(['light', 'dark']);
		expect(node.codex?.categories).toContain('AI');
		expect(node.codex?.alias).toContain('kling');
		expect(node.properties.some(({ name }) => name === 'requestOptions')).toBe(true);
		expect(Object.keys(loader.known.credentials)).toStrictEqual(['runComfyApi']);
		expect(loader.known.credentials.runComfyApi.supportedNodes).toStrictEqual(['runComfy']);

		// Every n8n pays for this at each start; the rest is loaded when the node first runs.
		const loaded = Object.keys(fromN8n.cache).filter((file) => file.startsWith(unpacked));
		const sizes = await Promise.all(loaded.map(async (file) => (await stat(file)).size));
		const bytes = sizes.reduce((sum, size) => sum + size, 0);
		expect(bytes).toBeGreaterThan(0);
		expect(bytes).toBeLessThanOrEqual(MOST_BYTES_AT_START);
	});

	test('holds what it needs and nothing else', async () => {
		const files = await readdir(unpacked, { recursive: true, withFileTypes: true });
		const names = files.filter((file) => file.isFile()).map(({ name }) => name);
		expect(names.filter((name) => !/\.(js|svg|json|md)$/.test(name))).toStrictEqual([]);
		const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
		expect(manifest.peerDependencies).toStrictEqual({ 'n8n-workflow': '*' });
		// n8n has its own: npm would bring a second one, and compile for it.
		expect(manifest.peerDependenciesMeta).toStrictEqual({ 'n8n-workflow': { optional: true } });
		expect(manifest.dependencies).toBeUndefined();
		expect(manifest.overrides).toBeUndefined();
		const forbidden = ['prepare', 'preinstall', 'install', 'postinstall', 'prepublish'];
		expect(forbidden.filter((name) => name in manifest.scripts)).toStrictEqual([]);
	});
});

test('n8n-core is that of the n8n which the other tests start', async () => {
	const manifest = JSON.parse(await readFile(join(projectDir, 'package.json'), 'utf8'));
	expect(manifest.devDependencies['n8n-core']).toBe(DEFAULT_N8N_VERSION);
});
