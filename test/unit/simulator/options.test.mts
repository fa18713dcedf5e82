import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { projectDir } from '../../../scripts/runtime/node.mjs';
import { startSimulator, type SimulatorOptions } from '../../../simulator/index.mts';
import { PRO } from '../../fixtures/models.mts';
import { simulator, withSimulator } from '../../support/simulator.mts';
import { until } from '../../support/until.mts';
import { MIB, call, last } from './calls.mts';

describe('options', () => {
	const fileBytes = 2 * 1024 * MIB;
	withSimulator({ token: 'mine', basePriceUsd: { [PRO]: 1 }, fileBytes });

	test('token, prices, and a large file that a client leaves', async () => {
		const headers = { authorization: 'Bearer mine' };
		expect((await call('/v1/models')).http).toBe(401);
		const { json } = await call(`/v1/models/${PRO}`, { headers });
		expect(json.base_price_usd).toBe(1);
		const body = '{"prompt":"a"}';
		const bought = await call(`/v1/models/${PRO}`, { method: 'POST', headers, body });
		const url = `${simulator.url}/files/${bought.json.request_id}.mp4`;
		const stop = new AbortController();
		const response = await fetch(url, { signal: stop.signal });
		expect(response.headers.get('content-length')).toBe(String(fileBytes));
		stop.abort();
		await until('the client is gone', () => last().aborted, { everyMs: 5 });
		expect(last().answered).toBe(200);
	});

	for (const [retryAfter, header] of [
		[undefined, null],
		[7, '7'],
		['Sun, 22 Nov 2026 10:00:00 GMT', 'Sun, 22 Nov 2026 10:00:00 GMT'],
	] as const)
		test(`limits of jobs at a time and per second, with Retry-After ${header}`, async () => {
			const limited = async (options: SimulatorOptions) => {
				const simulator = await startSimulator({ ...options, retryAfter });
				const submit = () =>
					fetch(`${simulator.url}/v1/models/${PRO}`, {
						method: 'POST',
						headers: { authorization: `Bearer ${simulator.token}` },
						body: '{"prompt":"a"}',
					});
				const answers = [await submit(), await submit(), await submit()];
				const id = [...simulator.jobs.keys()][0];
				return { simulator, submit, answers, id };
			};
			const atATime = await limited({ maxRunning: 2, queueMs: 60_000 });
			const refused = atATime.answers[2];
			expect(atATime.answers.map(({ status }) => status)).toStrictEqual([200, 200, 429]);
			expect(refused.headers.get('retry-after')).toBe(header);
			expect(atATime.simulator.jobs.size).toBe(2);
			atATime.simulator.jobs.get(atATime.id)!.cancelledAtMs = Date.now();
			expect((await atATime.submit()).status).toBe(200);
			await atATime.simulator.close();

			const perSecond = await limited({ maxPerSecond: 2 });
			expect(perSecond.answers.map(({ status }) => status)).toStrictEqual([200, 200, 429]);
			await sleep(1_000);
			expect((await perSecond.submit()).status).toBe(200);
			await perSecond.simulator.close();
		});

	test('an impossible file size is refused', async () => {
		await expect(startSimulator({ fileBytes: 5 })).rejects.toThrow(/file size must be/);
	});
});

describe('the command line', () => {
	const cli = fileURLToPath(new URL('../../../simulator/cli.mts', import.meta.url));
	const run = (...flags: string[]) => spawnSync(process.execPath, [cli, ...flags]);

	test('starts, prints where it is and what it was asked, and stops', async () => {
		const flags = ['--port', '0', '--token', 'mine', '--fault', '{"on":"models","status":503}'];
		const child = spawn(process.execPath, [cli, ...flags]);
		const line = async () => String((await once(child.stdout, 'data'))[0]);
		const first = /^RunComfy simulator: (http:\S+) {2}token: mine\n$/.exec(await line());
		expect(first).not.toBeNull();
		const [printed] = await Promise.all([line(), fetch(`${first![1]}/v1/models`)]);
		expect(printed).toBe('GET /v1/models → 503\n');
		child.kill('SIGTERM');
		expect(await once(child, 'exit')).toStrictEqual([0, null]);
	});

	test('needs nothing but its folder and the packages', () => {
		const folder = mkdtempSync(join(tmpdir(), 'runcomfy-simulator-'));
		cpSync(join(projectDir, 'simulator'), folder, { recursive: true });
		symlinkSync(join(projectDir, 'node_modules'), join(folder, 'node_modules'));
		const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'cli.mts'), '--help']);
		expect([String(stdout), String(stderr)]).toStrictEqual([
			expect.stringContaining('--queue-ms'),
			'',
		]);
		rmSync(folder, { recursive: true });
	});

	test('describes itself', () => {
		expect(String(run('--help').stdout)).toMatch(/--queue-ms/);
	});

	const mistakes: Array<[string[], RegExp]> = [
		[['--bogus'], /^Unknown option '--bogus': see --help\.\n$/],
		[['--port', 'x'], /^--port needs a whole number up to 65535, not "x"\.\n$/],
		[['--balance', 'much'], /^--balance needs an amount in USD, not "much"\.\n$/],
		[['--port', '0', '--fault', '{x'], /^--fault needs JSON, which this is not: \{x\n$/],
		[['--port', '0', '--fault', '{"on":"x"}'], /^A fault needs "on", one of: .*\n$/],
		[['--port', '0', '--plan', '{"on":"job"}'], /^The plan of a job has no field "on"\.\n$/],
	];
	for (const [flags, message] of mistakes)
		test(`says what is wrong with ${flags.join(' ')}`, () => {
			const { status, stderr } = run(...flags);
			expect(status).toBe(1);
			expect(String(stderr)).toMatch(message);
		});

	test('says that a port is taken', async () => {
		const simulator = await startSimulator();
		const { status, stderr } = run('--port', new URL(simulator.url).port);
		await simulator.close();
		expect(status).toBe(1);
		expect(String(stderr)).toMatch(/^This port is already in use: .*\n$/);
	});
});
