import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { projectDir } from '../../scripts/runtime/node.mjs';

const NODE = join(projectDir, 'nodes', 'RunComfy');

/** The rooms from top to bottom: imports run downwards only. */
const ROOMS = [
	'RunComfy.node.ts',
	'resources',
	'operations',
	'output',
	'buy',
	'check',
	'wait',
	'run',
	'order',
	'reads',
	'api',
	'n8n',
	'text',
];

interface Import {
	from: string;
	to: string;
}

const modules = readdirSync(NODE, { recursive: true, encoding: 'utf8' }).filter((file) =>
	file.endsWith('.ts'),
);

/** The modules that a module names, in types and in `import()` too, as paths from the node's folder. */
function importsOf(from: string): Import[] {
	const { importedFiles } = ts.preProcessFile(readFileSync(join(NODE, from), 'utf8'), true, true);
	return importedFiles
		.filter(({ fileName }) => fileName.startsWith('.'))
		.map(({ fileName }) => {
			const path = relative(NODE, resolve(NODE, dirname(from), fileName));
			const to = [`${path}.ts`, join(path, 'index.ts')].find((file) => modules.includes(file));
			if (!to) throw new Error(`${from} imports ${fileName}.`);
			return { from, to };
		});
}

const imports = modules.flatMap(importsOf);
const roomOf = (module: string) => module.split('/')[0];

test('every module is in a room', () => {
	expect([...new Set(modules.map(roomOf))].sort()).toStrictEqual([...ROOMS].sort());
});

test('no import runs upwards', () => {
	const upwards = imports.filter(
		({ from, to }) => ROOMS.indexOf(roomOf(from)) > ROOMS.indexOf(roomOf(to)),
	);
	expect(upwards).toStrictEqual([]);
});

test('no import comes round to where it began', () => {
	const done = new Set<string>();
	const visit = (module: string, path: string[]): void => {
		if (path.includes(module)) throw new Error([...path, module].join(' → '));
		if (done.has(module)) return;
		for (const { to } of imports.filter(({ from }) => from === module))
			visit(to, [...path, module]);
		done.add(module);
	};
	for (const module of modules) visit(module, []);
});

test('a resource imports no other one, and what they share imports none', () => {
	const resourceOf = (module: string) => /^resources\/(\w+)\//.exec(module)?.[1];
	const across = imports.filter(({ from, to }) => {
		const [own, other] = [resourceOf(from), resourceOf(to)];
		return own && other && other !== own && other !== 'shared';
	});
	expect(across).toStrictEqual([]);
});

test('money is spent in one place', () => {
	const buying = imports.filter(({ to }) => to === 'buy/submit.ts');
	expect(buying.map(({ from }) => from)).toStrictEqual(['buy/buy.ts']);
});

test('only the room that talks to RunComfy knows the token', () => {
	const knowing = modules.filter((module) =>
		/\b(api)?token\b/i.test(
			readFileSync(join(NODE, module), 'utf8').replace(/\/\/.*|\/\*[^]*?\*\//g, ''),
		),
	);
	expect(knowing.filter((module) => roomOf(module) !== 'api')).toStrictEqual([]);
});
