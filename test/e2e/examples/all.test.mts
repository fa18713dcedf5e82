import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureN8n } from '../../../scripts/runtime/n8n.mjs';
import { exampleFolder, readExample } from './example.mts';

const { RunComfy } = createRequire(import.meta.url)(
	'../../../dist/nodes/RunComfy/RunComfy.node.js',
);

const FILES = globSync('*.json', { cwd: exampleFolder }).sort();
/** What n8n's own Docker image has; anything else is a path of somebody's machine. */
const N8N_FOLDER = '/home/node/.n8n-files';
const MACHINE_PATH = /(\/(home|root|Users|tmp|work|var|mnt)\/|[A-Z]:\\\\)/;

/** What n8n brings its nodes in. */
const PACKAGES = ['n8n-nodes-base', '@n8n/n8n-nodes-langchain'];
const OWN = 'n8n-nodes-runcomfy.runComfy';

interface NodeType {
	name: string;
	version: number | number[];
}

/** The versions of each node type that n8n has, and of this package's node. */
async function versions(): Promise<Map<string, number[]>> {
	const modules = join(await ensureN8n(), 'node_modules');
	const typesOf = async (name: string): Promise<NodeType[]> => {
		const file = join(modules, name, 'dist', 'types', 'nodes.json');
		const types: NodeType[] = JSON.parse(await readFile(file, 'utf8'));
		return types.map((type) => ({ ...type, name: `${name}.${type.name}` }));
	};
	const packages = await Promise.all(PACKAGES.map(typesOf));
	const { version: own } = new RunComfy().description;
	const found = new Map<string, number[]>();
	for (const { name, version } of [
		...packages.flat(),
		{ name: OWN, version: own },
		{ name: `${OWN}Tool`, version: own },
	])
		found.set(name, [...(found.get(name) ?? []), ...[version].flat()]);
	return found;
}

test('README names each example', async () => {
	const readme = await readFile(join(exampleFolder, 'README.md'), 'utf8');
	assert.equal(FILES.length, 12);
	for (const file of FILES) assert.ok(readme.includes(`(${file})`), file);
});

for (const file of FILES) {
	test(`${file} has notes, nodes that n8n has, and nothing of whoever made it`, async () => {
		const { name, nodes, connections, pinData } = await readExample(file);
		assert.ok(name);
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		assert.ok(notes.length >= 3);
		for (const { parameters } of notes) assert.match(String(parameters.content), /^## .+\n[^]{40}/);

		const names = nodes.map((node) => node.name);
		assert.equal(new Set(names).size, names.length);
		const known = await versions();
		for (const { name: node, type, typeVersion, credentials } of nodes) {
			assert.ok(known.get(type)?.includes(typeVersion), `${node}: ${type} ${typeVersion}`);
			assert.equal(credentials, undefined, node);
		}
		assert.ok(nodes.some(({ type }) => type.startsWith(OWN)));
		const ends = Object.values(
			connections as Record<string, Record<string, Array<Array<{ node: string }>>>>,
		)
			.flatMap((byType) => Object.values(byType).flat(2))
			.map(({ node }) => node);
		for (const node of [...Object.keys(connections), ...ends])
			assert.ok(names.includes(node), node);

		assert.deepEqual(pinData, {});
		const text = JSON.stringify(nodes).replaceAll(N8N_FOLDER, '');
		assert.doesNotMatch(text, MACHINE_PATH);
		assert.doesNotMatch(text, /bearer|127\.0\.0\.1|localhost/i);
	});
}
