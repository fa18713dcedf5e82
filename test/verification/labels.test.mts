import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { projectDir } from '../../scripts/runtime/node.mjs';
import { fieldsOf, sourceFiles, textsOf } from './texts.mts';

const require = createRequire(import.meta.url);
const { RunComfy } = require('../../dist/nodes/RunComfy/RunComfy.node.js');
const { RunComfyApi } = require('../../dist/credentials/RunComfyApi.credentials.js');

/** Labels of n8n's own, on the Settings tab and under it (n8n 2.41.1). */
const N8N_LABELS = [
	'Execute Once',
	'Ignore SSL Issues (Insecure)',
	'On Error',
	'Proxy',
	'Request Options',
	'Timeout',
];

const labels = new Set([
	...N8N_LABELS,
	...fieldsOf([
		...(new RunComfy().description.properties as INodeProperties[]),
		...new RunComfyApi().properties,
	]).map(({ displayName }) => displayName),
]);

/** What stands in single quotes and begins like a label: 'Base URL', but not n8n's, or '${value}'. */
const quotedIn = (text: string): string[] =>
	[...text.matchAll(/(?<![\w\p{L}])'([A-Z][^'\0]*)'(?!\w)/gu)].map(([, quoted]) => quoted);

test('every label that a message quotes is a label of the form', () => {
	const quotes = sourceFiles().flatMap((file) =>
		textsOf(readFileSync(join(projectDir, file), 'utf8')).flatMap((text) =>
			quotedIn(text).map((label) => ({ file, label })),
		),
	);
	expect(quotes.length).toBeGreaterThan(30);
	expect(quotes.filter(({ label }) => !labels.has(label))).toStrictEqual([]);
});
