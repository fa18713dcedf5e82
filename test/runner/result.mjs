import { createEmptyTestResult } from '@jest/test-result';
import { formatResultsErrors } from 'jest-message-util';

/** Jest's result of a test file, of what was found when it ran from `start` until now. */
export function resultOf(test, { testResults, broken, output }, start, globalConfig) {
	const { path, context } = test;
	const results = testResults.map(assertionResult);
	const count = (status) => results.filter((result) => result.status === status).length;
	const failures = formatResultsErrors(results, context.config, globalConfig, path);
	const trouble = broken.length > 0 ? [...broken, output].join('\n') : undefined;
	const end = Date.now();
	const runtime = end - start;
	const slow = runtime / 1000 > context.config.slowTestThreshold;
	return {
		...createEmptyTestResult(),
		perfStats: { start, end, runtime, slow },
		testFilePath: path,
		displayName: context.config.displayName,
		testResults: results,
		numPassingTests: count('passed'),
		numFailingTests: count('failed'),
		numPendingTests: count('pending'),
		testExecError: trouble && { message: trouble, stack: trouble },
		failureMessage: [failures, trouble].filter(Boolean).join('\n\n') || null,
		console: output ? [{ message: output, origin: '', type: 'log' }] : undefined,
	};
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
	// The first is the root of all.
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
