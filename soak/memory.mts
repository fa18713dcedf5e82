import { setTimeout as sleep } from 'node:timers/promises';
import { connectionsTo, median, openFiles, residentBytes } from '../bench/measure.mts';
import type { Inspector } from '../bench/inspector.mts';

/** n8n at rest: what it still holds when nothing is being made. */
export interface Rest {
	/** JavaScript memory after garbage collection, in MB. */
	usedMB: number;
	residentMB: number;
	openFiles: number;
	/** To the simulator. */
	connections: number;
	handles: Record<string, number>;
}

export interface Watched {
	pid: number;
	inspector: Inspector;
	/** Of the simulator. */
	port: number;
}

const MB = 1e6;
/** JavaScript memory differs by 1 % from rest to rest; what the allocator keeps, by more. */
const MOST_USED = 1.03;
const MOST_RESIDENT = 1.1;
/** Connections of the moment, such as the one that asks n8n whether it is at rest. */
const MOST_MORE = 5;
/** The simulator closes idle connections after 60 s. */
const CONNECTIONS_END_MS = 90_000;

/** Looks into n8n when the connections that nobody uses any more are closed. */
export async function rest({ pid, inspector, port }: Watched): Promise<Rest> {
	const end = Date.now() + CONNECTIONS_END_MS;
	while (connectionsTo(port, pid) > 0 && Date.now() < end) await sleep(500);
	const usedMB = (await inspector.usedBytes()) / MB;
	return {
		usedMB,
		residentMB: residentBytes(pid) / MB,
		openFiles: openFiles(pid),
		connections: connectionsTo(port, pid),
		handles: await inspector.handles(),
	};
}

/** What grew from the middle third of the rounds, when n8n is warm, to the last third. */
export function growth(rests: Rest[]): { figures: Record<string, string>; failures: string[] } {
	const third = Math.floor(rests.length / 3);
	const [middle, last] = [rests.slice(-2 * third, -third), rests.slice(-third)];
	const figures: Record<string, string> = {};
	const failures: string[] = [];
	const compare = (what: string, of: (rest: Rest) => number, most: (before: number) => number) => {
		const [before, now] = [middle, last].map((part) => median(part.map(of)));
		figures[what] = `${before.toFixed(1)} → ${now.toFixed(1)}`;
		if (now > most(before)) failures.push(`${what} grew: ${figures[what]}`);
	};
	const few = (before: number) => before + MOST_MORE;
	compare(
		'JavaScript memory, MB',
		({ usedMB }) => usedMB,
		(before) => before * MOST_USED,
	);
	compare(
		'resident memory, MB',
		(rest) => rest.residentMB,
		(before) => before * MOST_RESIDENT,
	);
	compare('open files', (rest) => rest.openFiles, few);
	for (const kind of new Set(rests.flatMap(({ handles }) => Object.keys(handles))))
		compare(`open handles: ${kind}`, ({ handles }) => handles[kind] ?? 0, few);
	const { connections } = rests.at(-1)!;
	if (connections) failures.push(`${connections} connections to RunComfy are open`);
	return { figures, failures };
}
