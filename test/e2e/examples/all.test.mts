import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
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
	expect(FILES).toHaveLength(14);
	for (const file of FILES) expect(readme).toContain(`(${file})`);
});

test.each(FILES)(
	'%s has notes, nodes that n8n has, and nothing of whoever made it',
	async (file) => {
		const { name, nodes, connections, pinData } = await readExample(file);
		expect(name).toBeTruthy();
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.length).toBeGreaterThanOrEqual(3);
		for (const { parameters } of notes)
			expect(String(parameters.content)).toMatch(/^## .+\n[^]{40}/);

		const names = nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		const known = await versions();
		for (const { name: node, type, typeVersion, credentials } of nodes) {
			expect([node, type, known.get(type)]).toStrictEqual([
				node,
				type,
				expect.arrayContaining([typeVersion]),
			]);
			expect([node, credentials]).toStrictEqual([node, undefined]);
		}
		expect(nodes.some(({ type }) => type.startsWith(OWN))).toBe(true);
		const ends = Object.values(
			connections as Record<string, Record<string, Array<Array<{ node: string }>>>>,
		)
			.flatMap((byType) => Object.values(byType).flat(2))
			.map(({ node }) => node);
		for (const node of [...Object.keys(connections), ...ends]) expect(names).toContain(node);

		expect(pinData).toStrictEqual({});
		const text = JSON.stringify(nodes).replaceAll(N8N_FOLDER, '');
		expect(text).not.toMatch(MACHINE_PATH);
		expect(text).not.toMatch(/bearer|127\.0\.0\.1|localhost/i);
	},
);
