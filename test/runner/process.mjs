import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ensureNode, projectDir } from '../../scripts/runtime/node.mjs';
import { lend, takeBack } from './pool.mjs';

const FILE = fileURLToPath(new URL('file.mjs', import.meta.url));

/** How long a process that is stopped may take to end what it started, in ms. */
const GRACE_MS = 20_000;

/** Processes that have run a file of a lane whose files share them, and can run another. */
const idle = [];

/**
 * Runs a test file in a process of its own, or in one that has run others of a lane that shares them. Resolves to
 * what jest-circus found, or to what was `broken` with the file: it died, never ended or left something open.
 */
export async function runInProcess(path, { testMs, fileMs, imports, sharesProcess }, settings) {
	const child = (sharesProcess && idle.pop()) || (await startProcess(imports));
	child.output = '';
	child.send({ path, testMs, ...settings });
	let isLate = false;
	// It is let end what it started, as after Ctrl+C.
	const limit = setTimeout(() => (isLate = child.kill()), fileMs);
	const lastResort = setTimeout(() => child.kill('SIGKILL'), fileMs + GRACE_MS);
	const told = await outcomeOf(child);
	clearTimeout(limit);
	clearTimeout(lastResort);

	const { testResults = [], unhandledErrors = [], leftOpen = [], ended } = told;
	const broken = [
		...unhandledErrors,
		...leftOpen.map((handle) => `This file leaves open: ${handle}`),
		...(isLate ? [`This file did not end within ${fileMs / 1000} s.`] : []),
		...(ended && !isLate ? [`This file ended before its tests did: ${ended}`] : []),
	];
	// An n8n that was lent to a file that broke may be broken too.
	if (broken.length === 0) await child.borrowed?.then(takeBack, () => undefined);
	if (sharesProcess && broken.length === 0) idle.push(child);
	else child.kill();
	return { testResults, broken, output: child.output };
}

/** Ends the processes that are kept for other files. */
export const endProcesses = () => idle.splice(0).forEach((child) => child.kill());

async function startProcess(imports = []) {
	const child = fork(FILE, [], {
		cwd: projectDir,
		// Jest calls it a test, and the rules of eslint-plugin-n8n-nodes-base are others then.
		env: { ...process.env, NODE_ENV: undefined },
		execPath: await ensureNode(),
		execArgv: imports.flatMap((module) => ['--import', module]),
		silent: true,
	});
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text) => (child.output += text));
	}
	child.on('message', async ({ wants }) => {
		if (wants !== 'n8n') return;
		child.borrowed = lend();
		child.send(
			await child.borrowed.then((lent) => ({ lent })).catch(({ message: error }) => ({ error })),
		);
	});
	return child;
}

/** What a process says of the file it was given, or how it ended. */
async function outcomeOf(child) {
	const done = new AbortController();
	const { signal } = done;
	const ended = once(child, 'close', { signal }).then(([code, signal]) => ({
		ended: signal ?? `exit code ${code}`,
	}));
	const said = (async () => {
		for (;;) {
			const [message] = await once(child, 'message', { signal });
			if (message.testResults) return message;
		}
	})();
	try {
		return await Promise.race([ended, said]);
	} finally {
		done.abort();
		await Promise.allSettled([ended, said]);
	}
}
