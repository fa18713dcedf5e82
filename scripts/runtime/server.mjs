import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureNode, projectDir } from './node.mjs';
import { startService } from './process.mjs';

/** Starts an instance's n8n and waits until its editor answers; or a worker, until it takes work. */
export async function startN8n({ node, entry, env, home, url }, command = 'start') {
	// /healthz answers before the database is ready, and n8n 1 has its API a moment later still.
	const statusOf = async (path) => (await fetch(url + path)).status;
	const ready = async () =>
		(await statusOf('/healthz/readiness')) === 200 &&
		// The answer to whoever is not logged in; there are no settings where there is no editor.
		(command === 'worker' || (await statusOf('/rest/login')) === 401);
	const log = join(home, 'n8n.log');
	const options = { name: 'n8n', log, ready, env, cwd: home };
	const { child } = await startService(node, [entry, command], options);
	return child;
}

/** Makes the first user of an n8n that has none, and returns how to log in. */
export async function createOwner({ url }) {
	const login = { email: 'demo@example.com', password: `Demo1-${randomBytes(6).toString('hex')}` };
	const response = await fetch(`${url}/rest/owner/setup`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...login, firstName: 'Demo', lastName: 'Owner' }),
	});
	if (!response.ok) throw new Error(`n8n did not create an owner: HTTP ${response.status}.`);
	return login;
}

/** Starts the simulator of the RunComfy API as a process of its own, with jobs that take a moment. */
export async function startSimulatorProcess(folder) {
	const log = join(folder, 'simulator.log');
	const ready = async () =>
		/^RunComfy simulator: (\S+)\s+token: (\S+)/m.exec(await readFile(log, 'utf8'));
	const { child, answer } = await startService(
		await ensureNode(),
		['simulator/cli.mts', '--port', '0', '--queue-ms', '1000', '--run-ms', '3000'],
		{ name: 'The simulator', log, ready, cwd: projectDir },
	);
	const [, baseUrl, apiToken] = answer;
	return { child, baseUrl, apiToken };
}
