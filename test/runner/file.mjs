// A test file in a process of its own: no vm stands between it and Node.js, and what it leaves open shows.
import { pathToFileURL } from 'node:url';
import { jestExpect } from '@jest/expect';
import * as circus from 'jest-circus';
import { ModuleMocker } from 'jest-mock';

/** How long a finished file may take to close what it opened, in ms. */
const CLOSING_MS = 5_000;

const [path, settings] = process.argv.slice(2);
const { testNamePattern, testMs, maxConcurrency } = JSON.parse(settings);

const mocker = new ModuleMocker(globalThis);
const jest = { fn: mocker.fn.bind(mocker), spyOn: mocker.spyOn.bind(mocker) };
const { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } = circus;
const globals = { afterAll, afterEach, beforeAll, beforeEach, describe, it, test, jest };
Object.assign(globalThis, globals, { expect: jestExpect });

const state = circus.getState();
state.testTimeout = testMs;
state.maxConcurrency = maxConcurrency;
if (testNamePattern) state.testNamePattern = new RegExp(testNamePattern, 'i');

await import(pathToFileURL(path));
const { testResults, unhandledErrors } = await circus.run();
process.send({ testResults, unhandledErrors });
process.channel.unref();

setTimeout(() => {
	// Not from within a timer, when none is active.
	setImmediate(() => process.send({ leftOpen: openHandles() }, () => process.exit(1)));
}, CLOSING_MS).unref();

/** What keeps this process from ending, a line each. */
function openHandles() {
	process.report.excludeNetwork = true;
	return process.report
		.getReport()
		.libuv.filter(
			({ is_active, is_referenced, type }) => is_active && is_referenced && type !== 'idle',
		)
		.map(({ type, localEndpoint, remoteEndpoint, pid }) =>
			[
				type,
				localEndpoint?.ip4 ?? localEndpoint?.host,
				localEndpoint?.port,
				remoteEndpoint?.port,
				pid,
			]
				.filter(Boolean)
				.join(' '),
		);
}
