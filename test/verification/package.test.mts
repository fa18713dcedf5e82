import assert from 'node:assert/strict';
import { mkdtemp, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { INodeTypeDescription } from 'n8n-workflow';
import { projectDir } from '../../scripts/runtime/node.mjs';
import { packPackage } from '../../scripts/runtime/package.mjs';
import { run } from '../../scripts/runtime/process.mjs';
import { loadScanner } from '../../scripts/runtime/scanner.mjs';

const MOST_BYTES_AT_START = 60_000;

describe('the packed package', () => {
	let folder: string;
	let unpacked: string;

	before(async () => {
		folder = await mkdtemp(join(await realpath(tmpdir()), 'runcomfy-package-'));
		unpacked = join(folder, 'package');
		await mkdir(unpacked);
		const tarball = await packPackage(folder);
		await run('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
	});
	after(() => rm(folder, { recursive: true, force: true }));

	test('passes the scanner that n8n verifies packages with, and so does its source', async () => {
		const { analyzePackage, SOURCE_FILE_PATTERNS } = await loadScanner();
		// The scanner's exit code says nothing; its verdict does.
		assert.deepEqual(await analyzePackage(projectDir, SOURCE_FILE_PATTERNS), { passed: true });
		assert.deepEqual(await analyzePackage(unpacked), { passed: true });
	});

	test('loads in n8n with icon, codex, credential and request options', async () => {
		process.env.N8N_USER_FOLDER = folder;
		const fromN8n = createRequire(join(process.env.RUNCOMFY_TEST_N8N ?? '', 'package.json'));
		fromN8n('reflect-metadata');
		const { PackageDirectoryLoader } = fromN8n('n8n-core');
		const loader = new PackageDirectoryLoader(unpacked);
		await loader.loadAll();

		const node: INodeTypeDescription = loader.types.nodes.find(
			({ name }: INodeTypeDescription) => name === 'runComfy',
		);
		assert.equal(node.displayName, 'RunComfy');
		assert.deepEqual(Object.keys(node.iconUrl ?? {}), ['light', 'dark']);
		assert.ok(node.codex?.categories?.includes('AI'));
		assert.ok(node.codex?.alias?.includes('kling'));
		assert.ok(node.properties.some(({ name }) => name === 'requestOptions'));
		assert.deepEqual(Object.keys(loader.known.credentials), ['runComfyApi']);
		assert.deepEqual(loader.known.credentials.runComfyApi.supportedNodes, ['runComfy']);

		// Every n8n pays for this at each start; the rest is loaded when the node first runs.
		const loaded = Object.keys(fromN8n.cache).filter((file) => file.startsWith(unpacked));
		const sizes = await Promise.all(loaded.map(async (file) => (await stat(file)).size));
		const bytes = sizes.reduce((sum, size) => sum + size, 0);
		assert.ok(bytes > 0 && bytes <= MOST_BYTES_AT_START, `${bytes} bytes of JavaScript`);
	});

	test('holds what it needs and nothing else', async () => {
		const files = await readdir(unpacked, { recursive: true, withFileTypes: true });
		const names = files.filter((file) => file.isFile()).map(({ name }) => name);
		assert.deepEqual(
			names.filter((name) => !/\.(js|svg|json|md)$/.test(name)),
			[],
		);
		const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
		assert.deepEqual(manifest.peerDependencies, { 'n8n-workflow': '*' });
		// n8n has its own: npm would bring a second one, and compile for it.
		assert.deepEqual(manifest.peerDependenciesMeta, { 'n8n-workflow': { optional: true } });
		assert.equal(manifest.dependencies, undefined);
		assert.equal(manifest.overrides, undefined);
		const forbidden = ['prepare', 'preinstall', 'install', 'postinstall', 'prepublish'];
		assert.deepEqual(
			forbidden.filter((name) => name in manifest.scripts),
			[],
		);
	});
});
