import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { undoAtEnd } from './cleanup.mjs';

// `npm run` hands its own settings down (ignore-scripts among them) and a test runner its NODE_OPTIONS.
// What says how the network is reached has to stay.
const INHERITED = /^(n8n_|npm_|node_)/i;
const NETWORK =
	/^(npm_config_(registry|cache|userconfig|cafile|(https?_|no)?proxy)|node_extra_ca_certs)$/i;

/** This process's environment without what would change how another program behaves. */
export function cleanEnv(extra = {}) {
	const kept = Object.entries(process.env).filter(
		([name]) => !INHERITED.test(name) || NETWORK.test(name),
	);
	return { ...Object.fromEntries(kept), ...extra };
}

/** Starts a program as a process group of its own, so that stopping it reaches what it started too. */
export function start(command, args, { cwd, env = cleanEnv(), stdio = 'pipe' } = {}) {
	const [output, errors] = [stdio, stdio].flat();
	const child = spawn(command, args, {
		cwd,
		env,
		stdio: ['ignore', output, errors],
		detached: true,
	});
	undoAtEnd(() => stop(child));
	return child;
}

/** Runs a program to its end. */
export async function run(command, args, { onOutput, ...options } = {}) {
	const child = start(command, args, options);
	const output = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr']) {
		child[name]?.setEncoding('utf8').on('data', (text) => {
			output[name] += text;
			onOutput?.(text);
		});
	}
	const [code, signal] = await once(child, 'close');
	if (code === 0) return output;
	const sentence = `"${basename(command)} ${args.join(' ')}" ended with ${signal ?? `exit code ${code}`}.`;
	throw Object.assign(new Error(sentence), output);
}

/** Starts a server that writes to a log file, and waits until `ready` returns something. */
export async function startService(command, args, { log, ready, name, ...options }) {
	const child = start(command, args, { ...options, stdio: openSync(log, 'a') });
	const deadline = Date.now() + 120_000;
	while (Date.now() < deadline && !hasEnded(child)) {
		const answer = await ready().catch(() => undefined);
		if (answer) return { child, answer };
		await sleep(250);
	}
	await stop(child);
	throw new Error(`${name} did not start; its log is ${log}.`);
}

/** Ends a process that `start` returned, and what it started. */
export async function stop(child) {
	if (hasEnded(child)) return;
	const closed = once(child, 'close');
	signalGroup(child, 'SIGTERM');
	const lastResort = setTimeout(() => signalGroup(child, 'SIGKILL'), 10_000);
	await closed;
	clearTimeout(lastResort);
}

const hasEnded = (child) =>
	child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

function signalGroup(child, signal) {
	try {
		process.kill(-child.pid, signal);
	} catch {
		// It ended by itself in this moment.
	}
}

export async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	await once(server, 'close');
	return port;
}
