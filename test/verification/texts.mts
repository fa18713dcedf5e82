import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import ts from 'typescript';
import { projectDir } from '../../scripts/runtime/node.mjs';

/** All fields of a form, at any depth. */
export function fieldsOf(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => {
		const inner = (property.options ?? []).flatMap((option) => {
			if ('values' in option) return (option as INodePropertyCollection).values;
			return 'type' in option ? [option as INodeProperties] : [];
		});
		return [property, ...fieldsOf(inner)];
	});
}

/** The source files of the package, as paths from the project's folder. */
export function sourceFiles(): string[] {
	return ['nodes', 'credentials'].flatMap((folder) =>
		readdirSync(join(projectDir, folder), { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'))
			.map((file) => join(folder, file)),
	);
}

/** The texts in a source file: strings and templates with a space in them, a \0 for each expression. */
export function textsOf(code: string): string[] {
	const texts: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteralLike(node)) texts.push(node.text);
		if (ts.isTemplateExpression(node)) {
			texts.push(
				[node.head, ...node.templateSpans.map(({ literal }) => literal)]
					.map(({ text }) => text)
					.join('\0'),
			);
		}
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile('file.ts', code, ts.ScriptTarget.Latest));
	return texts.filter((text) => text.includes(' '));
}
