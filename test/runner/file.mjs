// A process that runs test files: no vm stands between them and Node.js, and what a file leaves open shows.
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { jestExpect } from '@jest/expect';
import * as circus from 'jest-circus';
import { ModuleMocker } from 'jest-mock';

/** How long a finished file may take to close what it opened, in ms. */
const CLOSING_MS = 5_000;

const mocker = new ModuleMocker(globalThis);
const jest = { fn: mocker.fn.bind(mocker), spyOn: mocker.spyOn.bind(mocker) };
const { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } = circus;
const globals = { afterAll, afterEach, beforeAll, beforeEach, describe, it, test, jest };
Object.assign(globalThis, globals, { expect: jestExpect });

// Whoever ends the runner ends what its files have started too.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

process.on('message', async ({ path, testNamePattern, testMs, maxConcurrency }) => {
	if (!path) return;
	circus.resetState();
	const state = circus.getState();
	state.testTimeout = testMs;
	state.maxConcurrency = maxConcurrency;
	if (testNamePattern) state.testNamePattern = new RegExp(testNamePattern, 'i');
	// What jest calls `restoreMocks`.
	afterEach(() => mocker.restoreAllMocks());

	await import(pathToFileURL(path));
	const { testResults, unhandledErrors } = await circus.run();
	process.send({ testResults, unhandledErrors, leftOpen: await leftOpen() });
});

/** What would keep this process from ending, some time after the tests, a line each. */
async function leftOpen() {
	let open;
	for (let waitedMs = 0; waitedMs < CLOSING_MS; waitedMs += 100) {
		// Not from within a timer, when none is active.
		await new Promise(setImmediate);
		open = openHandles();
		if (open.length === 0) break;
		await sleep(100);
	}
	return open;
}

function openHandles() {
	process.report.excludeNetwork = true;
	return process.report
		.getReport()
		.libuv.filter(({ is_active, is_referenced }) => is_active && is_referenced)
		.filter(({ type, fd }) => type !== 'idle' && fd !== process.channel.fd)
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
