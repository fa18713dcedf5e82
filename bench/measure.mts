// Linux only: what the kernel knows of a process, see proc(5).
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { N8N_VERSION } from '../scripts/runtime/n8n.mjs';

/** USER_HZ, which Linux fixes for what it shows in /proc (man 7 time). */
const TICKS_PER_SECOND = 100;

/** Makes the kernel forget how much memory a process held before. */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

/** The most memory a process held, in bytes. */
export const peakBytes = (pid: number): number => memoryOf(pid, 'VmHWM');

/** The memory a process holds now, in bytes. */
export const residentBytes = (pid: number): number => memoryOf(pid, 'VmRSS');

function memoryOf(pid: number, field: string): number {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) * 1024;
}

/** Files, sockets and pipes that a process has open. */
export const openFiles = (pid: number): number => descriptors(pid).length;

const descriptors = (pid: number): string[] => readdirSync(`/proc/${pid}/fd`);

/** How many connections to this port of 127.0.0.1 a process has open. */
export function connectionsTo(port: number, pid: number): number {
	const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
	const [, ...lines] = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n');
	const entries = lines.map((line) => line.trim().split(/\s+/));
	const sockets = new Set(
		entries.filter(([, , address]) => address === remote).map((entry) => `socket:[${entry[9]}]`),
	);
	return descriptors(pid).filter((name) => sockets.has(targetOf(`/proc/${pid}/fd/${name}`))).length;
}

/** What a descriptor stands for, unless it was closed in this moment. */
function targetOf(descriptor: string): string {
	try {
		return readlinkSync(descriptor);
	} catch {
		return '';
	}
}

/** Seconds of processor time a process has used, in user and in system mode. */
export function cpuSeconds(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The second field is the program's name, which may hold anything; utime and stime are 14 and 15.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const machine = () => ({
	processor: cpus()[0].model,
	cores: cpus().length,
	memoryGB: Math.round(totalmem() / 1e9),
	system: type(),
	node: process.versions.node,
	n8n: N8N_VERSION,
});

export function quantile(values: number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (sorted.length - 1) * share;
	const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
	return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: number[]): number => quantile(values, 0.5);
