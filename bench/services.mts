import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureNode, projectDir } from '../scripts/runtime/node.mjs';
import { startService } from '../scripts/runtime/process.mjs';

export type ServiceKind = 'runcomfy' | 'videos';

/** A simulated video service in a process of its own. */
export interface Service {
	url: string;
	child: ChildProcess;
}

export interface ServiceOptions {
	/** Milliseconds a job takes. */
	runMs: number;
	/** Bytes of each video; without it, the simulator's clip of 78 kB. */
	fileBytes?: number;
}

const PROGRAMS: Record<ServiceKind, string[]> = {
	runcomfy: ['test/simulator/cli.mts', '--port', '0', '--queue-ms', '0', '--fetch-links'],
	videos: ['bench/videosApi.mts'],
};

let started = 0;

export async function startVideoService(
	kind: ServiceKind,
	folder: string,
	{ runMs, fileBytes }: ServiceOptions,
): Promise<Service> {
	const log = join(folder, `${kind}-${++started}.log`);
	const ready = async () => /simulator: (http:\S+)/.exec(await readFile(log, 'utf8'))?.[1];
	const flags = ['--run-ms', String(runMs)];
	if (fileBytes) flags.push('--file-bytes', String(fileBytes));
	const { child, answer } = await startService(await ensureNode(), [...PROGRAMS[kind], ...flags], {
		name: `The simulator of ${kind}`,
		log,
		ready,
		cwd: projectDir,
	});
	return { url: answer, child };
}
