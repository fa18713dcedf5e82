// Half an hour of work in one n8n process, with faults: is anything lost, bought twice, or left open?
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../bench/measure.mts';
import { runToEnd } from '../scripts/runtime/cleanup.mjs';
import { judge } from './checks/index.mts';
import { deliveriesOf, type Delivery } from './deliveries.mts';
import { hitsOf, KINDS, scriptFor, planFaults } from './faults.mts';
import { growth, rest, type Rest } from './memory.mts';
import { randomNumbers } from './random.mts';
import { Rig } from './rig.mts';

const ROUNDS = 10;
/** The part of a round in which executions start; the rest is for them to end. */
const STARTING = 0.65;
/** After every so many deliveries, one of the running executions is stopped. */
const STOP_EVERY = 12;

function readFlags() {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string', default: '30' },
			generations: { type: 'string', default: '500' },
			seed: { type: 'string', default: '1' },
		},
	});
	const minutes = Number(values.minutes);
	const generations = Number(values.generations);
	const seed = Number(values.seed);
	if (!(minutes > 0)) throw new Error('--minutes needs a number above 0.');
	if (!Number.isInteger(generations) || generations < ROUNDS)
		throw new Error(`--generations needs a whole number from ${ROUNDS} on.`);
	if (!Number.isInteger(seed)) throw new Error('--seed needs a whole number.');
	return { minutes, generations, seed };
}

async function main() {
	const { minutes, generations, seed } = readFlags();
	const random = randomNumbers(seed);
	const plan = planFaults(generations, random);
	const rig = await Rig.start(scriptFor(plan, generations, random));
	const rests: Rest[] = [];
	const delivered: Delivery[] = [];
	const [startedAt, cpuBefore] = [Date.now(), cpuSeconds(rig.pid)];
	const roundMs = (minutes * 60_000) / ROUNDS;
	for (let round = 1, done = 0; round <= ROUNDS; round++) {
		const target = Math.round((generations * round) / ROUNDS);
		const endsAt = startedAt + round * roundMs;
		const startMs = Math.max(0, endsAt - Date.now()) * STARTING;
		await rig.retryFailed(random);
		const deliveries = deliveriesOf(round, target - done, delivered, random);
		for (const delivery of deliveries) {
			await rig.call(delivery);
			await sleep(startMs / deliveries.length);
			if (delivered.push(delivery) % STOP_EVERY === 0) await rig.stopOne(random);
		}
		await sleep(Math.max(0, endsAt - Date.now()));
		await rig.allEnded();
		rests.push(await rest(rig));
		done = target;
		const { usedMB, residentMB, openFiles } = rests.at(-1)!;
		console.log(
			`   round ${round}: ${done} generations, ${usedMB.toFixed(1)} MB in use, ${residentMB.toFixed(0)} MB resident, ${openFiles} open files`,
		);
	}
	const took = (Date.now() - startedAt) / 60_000;
	const cpu = cpuSeconds(rig.pid) - cpuBefore;

	const hits = hitsOf(plan, rig.simulator);
	const verdict = judge(await rig.evidence(hits));
	const grown = growth(rests);
	const requests = rig.simulator.log.length;
	// A fault of reads is one for each kind of read.
	const kinds = new Set(hits.map(({ on, fault }) => on + JSON.stringify(fault))).size;
	const table = {
		...verdict.counts,
		requests,
		faults: `${hits.length} of ${requests + rig.simulator.jobs.size}, ${kinds} of ${KINDS} kinds`,
		minutes: took.toFixed(1),
		'processor seconds': cpu.toFixed(0),
		...grown.figures,
	};
	for (const [what, value] of Object.entries(table)) console.log(`${what.padEnd(40)}${value}`);
	const failures = [...verdict.failures, ...grown.failures];
	for (const failure of failures) console.log(`FAILED: ${failure}`);
	console.log(failures.length ? `${failures.length} failed` : 'all held');
	if (failures.length) process.exitCode = 1;
}

await runToEnd(main);
