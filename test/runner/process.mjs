import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createEmptyTestResult } from '@jest/test-result';
import { formatResultsErrors } from 'jest-message-util';
import { ensureNode } from '../../scripts/runtime/node.mjs';

const FILE = fileURLToPath(new URL('file.mjs', import.meta.url));

/** Runs a test file in a process of its own; resolves to jest's result, also where the process dies or never ends. */
export async function runFile(test, { testMs, fileMs, imports = [] }, globalConfig) {
	const { config } = test.context;
	const { testNamePattern, maxConcurrency } = globalConfig;
	const start = Date.now();
	const child = fork(
		FILE,
		[test.path, JSON.stringify({ testNamePattern, testMs, maxConcurrency })],
		{
			cwd: config.rootDir,
			execPath: await ensureNode(),
			execArgv: imports.flatMap((module) => ['--import', module]),
			silent: true,
		},
	);
	const told = {};
	child.on('message', (message) => Object.assign(told, message));
	const output = outputOf(child);
	const limit = setTimeout(() => child.kill('SIGKILL'), fileMs);
	const [code, signal] = await once(child, 'close');
	clearTimeout(limit);

	const testResults = (told.testResults ?? []).map(assertionResult);
	const count = (status) => testResults.filter((result) => result.status === status).length;
	const broken = brokenBy(told, { code, signal, fileMs, output });
	const result = {
		...createEmptyTestResult(),
		perfStats: { start, end: Date.now(), runtime: Date.now() - start, slow: false },
		testFilePath: test.path,
		displayName: config.displayName,
		testResults,
		numPassingTests: count('passed'),
		numFailingTests: count('failed'),
		numPendingTests: count('pending'),
		testExecError: broken && { message: broken, stack: broken },
	};
	const failures = formatResultsErrors(testResults, config, globalConfig, test.path);
	result.failureMessage = [failures, broken].filter(Boolean).join('\n\n') || null;
	if (output.text) result.console = [{ message: output.text, origin: '', type: 'log' }];
	return result;
}

function outputOf(child) {
	const output = { text: '' };
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text) => (output.text += text));
	}
	return output;
}

/** What is wrong with a file beside its tests: undefined where nothing is. */
function brokenBy(
	{ testResults, unhandledErrors = [], leftOpen },
	{ code, signal, fileMs, output },
) {
	if (signal === 'SIGKILL')
		return `This file did not end within ${fileMs / 1000} s.\n${output.text}`;
	if (leftOpen) return `This file leaves open: ${leftOpen.join(', ')}.`;
	if (!testResults)
		return `This file ended before its tests did (${signal ?? `exit code ${code}`}).\n${output.text}`;
	if (unhandledErrors.length > 0) return unhandledErrors.join('\n');
	return code === 0 ? undefined : `This file ended with exit code ${code}.\n${output.text}`;
}

/** What jest's reporters take, of a result of jest-circus. */
function assertionResult({
	testPath,
	status,
	errors,
	errorsDetailed,
	duration,
	numPassingAsserts,
}) {
	const [, ...titles] = testPath;
	return {
		ancestorTitles: titles.slice(0, -1),
		title: titles.at(-1),
		fullName: titles.join(' '),
		status: status === 'skip' ? 'pending' : errors.length > 0 ? 'failed' : 'passed',
		failureMessages: errors,
		failureDetails: errorsDetailed,
		duration,
		numPassingAsserts,
		retryReasons: [],
	};
}
