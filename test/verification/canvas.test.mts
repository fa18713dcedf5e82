import { globSync } from 'node:fs';
import { exampleFolder, readExample } from '../e2e/examples/example.mts';
import { problemsOf } from './canvas.mts';

const FILES = globSync('*.json', { cwd: exampleFolder }).sort();

test.each(FILES)('%s: notes and nodes stand clear of each other and of lines', async (file) => {
	expect(problemsOf(await readExample(file))).toStrictEqual([]);
});
